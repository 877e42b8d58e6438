/** Where a file of the mount is on the disk that the kernels see. */
import type { MountEntry } from '@jupyterlab-pachyderm/mount-api'

/** The absolute path of `path`, which is `<mount name>/<path in the mount>`. */
export function mountedPath(path: string, mounts: readonly MountEntry[]): string {
  const [name = '', ...rest] = path.split('/')
  const mountpoint = mounts.find(mount => mount.name === name)?.mountpoint ?? ''
  return [mountpoint === '' ? `/pfs/${name}` : mountpoint, ...rest].join('/')
}
