/** The paths of files and directories: their canonical form, which are allowed, and what lies around them. */
import { ModelError, refused } from '../model-error.js'

/** The store keeps paths in nodes of some KiB; a longer path would make a node of its own that no page holds. */
const PATH_BYTES = 4096

/** `/a/b` for `a//b`, `/a/b/` and the like; `..` never leads above the root. The root is `/`. */
export function cleanPath(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return `/${parts.join('/')}`
}

/** Throws unless a file may be written or deleted under this path. */
export function checkWritablePath(path: string): void {
  checkPrintable(path)
  const globbing = /[*?[\]{}!()@+^]/.exec(path)
  if (globbing) throw refused(`path (${shorten(path)}) invalid: globbing character (${globbing[0]}) not allowed in path`)
  if (path.split('/').some(part => part === '.' || part === '..')) throw refused(`path (${shorten(path)}) invalid: relative file paths are not allowed`)
}

/** Throws unless a copy may be written under this path; pachd is less strict here. */
export function checkPrintable(path: string): void {
  if (path === '') throw refused('path () invalid: empty path')
  if (!/^[\x20-\x7e]*$/.test(path)) throw refused(`path (${shorten(path)}) invalid: only printable ASCII characters allowed`)
  if (path.length > PATH_BYTES) throw new ModelError('INVALID_ARGUMENT', `path (${shorten(path)}) invalid: it is longer than ${PATH_BYTES} bytes`)
}

/** Throws unless a file may carry this datum name. */
export function checkDatum(datum: string): void {
  if (datum.includes('\0') || datum.length > 500) throw new ModelError('INVALID_ARGUMENT', 'datum invalid: it has a NUL or is longer than 500 characters')
}

function shorten(path: string): string {
  return path.length > 200 ? `${path.slice(0, 200)}...` : path
}

/** A clean path as the beginning of all paths below it: `/d/` for `/d`, `/` for the root. */
export const asDirectory = (path: string): string => (path.endsWith('/') ? path : `${path}/`)

/** The first path behind a directory and all that is below it. */
export const behindDirectory = (directory: string): string => `${directory.slice(0, -1)}0`

/** The directories that a path lies in, the root first, each with its slash. */
export function directoriesOf(path: string): string[] {
  const directories: string[] = []
  for (let at = path.indexOf('/'); at >= 0 && at < path.length - 1; at = path.indexOf('/', at + 1)) directories.push(path.slice(0, at + 1))
  return directories
}
