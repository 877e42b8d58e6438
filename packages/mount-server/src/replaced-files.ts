/** Files of a commit in whose place a directory was made: too much for a commit that nobody asked for. */
import type { Change } from '@jupyterlab-pachyderm/mount-fs'

import { MountError } from './errors.js'
import type { MountLife } from './mount-life.js'

/** Throws MountError CONFLICT when a file of the mounted commit is a directory with files now. The changes stay as they are. */
export async function refuseReplacedFiles({ mount: { name }, workingCopy }: MountLife): Promise<void> {
  const [replaced] = replacedFiles((await workingCopy?.changes()) ?? [])
  if (replaced === undefined) return
  throw new MountError('CONFLICT', `${name}${replaced} was a file and is a directory now; commit that, or throw it away, before you unmount '${name}'; until then all changes are kept`)
}

/** The paths that were deleted as files and have files below them now. */
export function replacedFiles(changes: readonly Change[]): string[] {
  const deleted = new Set(changes.filter(({ kind }) => kind === 'deleted').map(({ path }) => path))
  const present = changes.filter(({ kind }) => kind !== 'deleted').flatMap(({ path }) => (deleted.size > 0 ? directoriesAbove(path) : []))
  return [...new Set(present)].filter(path => deleted.has(path))
}

function directoriesAbove(path: string): string[] {
  const names = path.split('/').slice(1, -1)
  return names.map((_, index) => `/${names.slice(0, index + 1).join('/')}`)
}
