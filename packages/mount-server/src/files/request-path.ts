/** The path in the URL of a file: component by component, so that nothing in one of them changes where it leads. */
import { MountError } from '../errors.js'

const PREFIX = '/files/'
/** JSON can say it and UTF-8 cannot, in which the kernel asks for names. */
const LONE_SURROGATE = /\p{Surrogate}/u

/** A place below the mount directory, as a request names it. */
export interface RequestedPath {
  readonly mount: string
  /** Absolute below the mount directory: "/mount/a/b". */
  readonly path: string
  /** Whether it was written with a slash at the end, as directories are. */
  readonly isDirectory: boolean
}

/** Reads the undecoded URL of a request to /files/. Throws MountError BAD_REQUEST for what no file can be called. */
export function requestedPath(url: string): RequestedPath {
  const [rawPath = ''] = url.split('?')
  const written = rawPath.slice(PREFIX.length)
  const names = written.split('/').filter(name => name !== '').map(decoded)
  const [mount] = names
  if (!rawPath.startsWith(PREFIX) || mount === undefined) throw new MountError('BAD_REQUEST', 'the path should be /files/MOUNT/PATH')
  return { mount, path: `/${names.join('/')}`, isDirectory: written.endsWith('/') || names.length === 1 }
}

/** The path below the mount directory of `path` in a mount, as a body names it. Throws MountError BAD_REQUEST for what no file can be called, and for the mount itself. */
export function pathInMount(mount: string, path: string): string {
  const names = path.split('/').filter(name => name !== '')
  if (names.length === 0) throw new MountError('BAD_REQUEST', 'a path is wanted that names a file or directory in the mount')
  for (const name of names) checkName(name)
  return `/${[mount, ...names].join('/')}`
}

function decoded(component: string): string {
  let name: string
  try {
    name = decodeURIComponent(component)
  } catch (cause) {
    throw new MountError('BAD_REQUEST', `"${component}" is not UTF-8 in percent signs and digits`, { cause })
  }
  checkName(name)
  return name
}

function checkName(name: string): void {
  if (name === '.' || name === '..' || name.includes('/') || name.includes('\0') || LONE_SURROGATE.test(name)) throw new MountError('BAD_REQUEST', `"${name}" cannot be a part of a path`)
}
