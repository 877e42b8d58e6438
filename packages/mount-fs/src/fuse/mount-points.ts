/** What is mounted on this machine, by the kernel's own table: reading it touches no mount, so a dead one cannot hang it. */
import { open, readFile, stat, statfs } from 'node:fs/promises'

import { FsError } from '../errors.js'

/** The name by which mounts of this product are known in the kernel's table. */
export const FILE_SYSTEM_NAME = 'pfs'

/** A row of the kernel's table. */
export interface MountPoint {
  readonly directory: string
  /** The kernel's number of this mount. It is free for another mount once this one has ended. */
  readonly id: number
  /** Minor number of its device, which for FUSE is also the number of its connection. */
  readonly minor: number
  readonly type: string
  readonly source: string
}

/** All mounts that this process can see, lower ones first. */
export async function mountPoints(): Promise<MountPoint[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8')
  return table.trimEnd().split('\n').map(line => {
    const [before = '', after = ''] = line.split(' - ')
    const [type = '', source = ''] = after.split(' ')
    const [id = '', , device = '', , place = ''] = before.split(' ')
    return { directory: unescape(place), id: Number(id), minor: Number(device.split(':')[1]), type, source: unescape(source) }
  })
}

/** The uppermost mount on `directory` (absolute); undefined when it is no mount point. */
export async function mountPointAt(directory: string): Promise<MountPoint | undefined> {
  return (await mountPoints()).findLast(mountPoint => mountPoint.directory === directory)
}

/** Whether both are one mount, as long as that has not ended in between. */
export function isSameMount(one: MountPoint, other: MountPoint | undefined): boolean {
  return one.id === other?.id && one.minor === other.minor
}

/** Whether a mount point is one of this product. */
export function isOurs({ type, source }: MountPoint): boolean {
  return type.startsWith('fuse') && source === FILE_SYSTEM_NAME
}

/**
 * Throws FsError when `directory` cannot be mounted on: ENOENT and ENOTDIR for the directory, EBUSY when a living
 * mount-server serves it, ENOTSUP without FUSE. Resolves to the dead mount of a killed mount-server that is in the way.
 */
export async function checkMountPoint(directory: string): Promise<MountPoint | undefined> {
  const present = await mountPointAt(directory)
  const code = await statCode(directory)
  if (present && isOurs(present)) {
    if (code === 'ENOTCONN') return present
    throw new FsError('EBUSY', `${directory} is already served by another mount-server; stop that one or choose another --mount-dir`)
  }
  if (code === 'ENOENT') throw new FsError('ENOENT', `the mount directory ${directory} does not exist; make it with "mkdir -p ${directory}" or choose another --mount-dir`)
  if (code === 'ENOTDIR') throw new FsError('ENOTDIR', `${directory} is not a directory; choose another --mount-dir`)
  if (code !== undefined) throw new FsError('EIO', `${directory} cannot be used as the mount directory: ${code}`)
  await checkDevice()
  return undefined
}

async function checkDevice(): Promise<void> {
  try {
    await (await open('/dev/fuse', 'r+')).close()
  } catch (cause) {
    throw new FsError('ENOTSUP', '/dev/fuse cannot be opened; run with access to it (in Docker: --device /dev/fuse --cap-add SYS_ADMIN), or start with --no-fuse', { cause })
  }
}

async function statCode(directory: string): Promise<string | undefined> {
  try {
    // The kernel remembers attributes of a dead mount, and no answer to this.
    await statfs(directory)
    return (await stat(directory)).isDirectory() ? undefined : 'ENOTDIR'
  } catch (error) {
    return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'EIO'
  }
}

/** The kernel writes blanks and the like as backslash and three octal digits. */
function unescape(text: string): string {
  const bytes = text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
  return bytes === text ? text : Buffer.from(bytes, /[^\0-\xff]/.test(bytes) ? 'utf8' : 'latin1').toString('utf8')
}
