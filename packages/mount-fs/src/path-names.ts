/** Absolute paths inside a commit or below the mount: "/", "/a", "/a/b". */

/** The longest name, as on most file systems. */
export const MAX_NAME_BYTES = 255

/** The components of a path; none for the root. */
export function components(path: string): string[] {
  return path.split('/').filter(name => name !== '')
}

/** Whether a name in the path is longer than names can be. */
export function hasLongName(path: string): boolean {
  return Buffer.byteLength(path) > MAX_NAME_BYTES && components(path).some(name => Buffer.byteLength(name) > MAX_NAME_BYTES)
}

/** The path in its one written form: absolute, without empty components and without a final slash. */
export function cleanPath(path: string): string {
  return `/${components(path).join('/')}`
}

/** The path of `name` in `directory`. */
export function childPath(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`
}

/** The directory that holds the path, and the last component; undefined for the root, which nothing holds. */
export function splitPath(path: string): { directory: string; name: string } | undefined {
  if (path === '/') return undefined
  const cut = path.lastIndexOf('/')
  return { directory: cut === 0 ? '/' : path.slice(0, cut), name: path.slice(cut + 1) }
}

/** Whether `path` is `ancestor` or lies below it, by whole components. */
export function isWithin(path: string, ancestor: string): boolean {
  return ancestor === '/' || path === ancestor || path.startsWith(`${ancestor}/`)
}
