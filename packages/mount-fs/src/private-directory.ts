/** Directories of the user alone, and why one cannot be made: `mkdir` with `recursive` says ENOENT for a read-only disk. */
import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Makes a directory, and those that lead to it, with mode 0700; one that exists is left as it is. Throws what the file system of Node throws. */
export function makePrivateDirectory(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' && dirname(path) !== path) {
      makePrivateDirectory(dirname(path))
      makePrivateDirectory(path)
    } else if (!isDirectory(path)) throw error
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
}
