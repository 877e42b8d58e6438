/** The arguments of the commands on files, checked where they enter. */
import type { FileEntry } from './files-model.js'

/** JSON Schema of the arguments. */
export const fileSchema = {
  type: 'object',
  properties: {
    path: { type: 'string', description: 'Below the mount directory: <mount>/<file>.' },
    kind: { type: 'string', enum: ['directory', 'file', 'notebook'], description: 'Default: file.' },
  },
  required: ['path'],
}

/** Throws TypeError when there is no path. */
export function fileArguments(args: Readonly<Record<string, unknown>>): Pick<FileEntry, 'path' | 'kind'> {
  const { path, kind } = args
  if (typeof path !== 'string' || path === '') throw new TypeError('The command needs the path of a mounted file')
  return { path, kind: kind === 'directory' || kind === 'notebook' ? kind : 'file' }
}
