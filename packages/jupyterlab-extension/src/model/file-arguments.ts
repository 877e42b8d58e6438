/** The arguments of the commands on files, checked where they enter. */
import type { FileEntry, FilesState } from './files-model.js'
import type { PanelSelectionState } from './panel-selection.js'

/** JSON Schema of the arguments. */
export const fileSchema = {
  type: 'object',
  properties: {
    path: { type: 'string', description: 'Below the mount directory: <mount>/<file>. Default: the files chosen in the panel.' },
    kind: { type: 'string', enum: ['directory', 'file'], description: 'Default: file.' },
  },
}

/** A file that a command means. */
export type NamedFile = Pick<FileEntry, 'path' | 'kind'>

/** The files that are meant: the one that the arguments name, else those chosen in the panel. */
export function fileArguments({ path, kind }: Readonly<Record<string, unknown>>, files: FilesState, { files: { keys } }: PanelSelectionState): readonly NamedFile[] {
  if (typeof path === 'string' && path !== '') return [{ path, kind: kind === 'directory' ? kind : 'file' }]
  return files.status === 'ready' ? files.entries.filter(entry => keys.has(entry.path)) : []
}

/** The same; throws TypeError when no file is meant. */
export function someFiles(...args: Parameters<typeof fileArguments>): readonly NamedFile[] {
  const found = fileArguments(...args)
  if (found.length === 0) throw new TypeError('The command needs the path of a mounted file, or a file chosen in the panel')
  return found
}
