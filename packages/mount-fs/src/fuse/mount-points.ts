/** What is mounted on this machine, by the kernel's own table: reading it touches no mount, so a dead one cannot hang it. */
import { execFile } from 'node:child_process'
import { open, readFile, stat, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'

import { FsError } from '../errors.js'

/** The name by which mounts of this product are known in the kernel's table. */
export const FILE_SYSTEM_NAME = 'pfs'

const run = promisify(execFile)

/** The programs of the system, whatever the environment of the server says; NixOS keeps set-uid programs in the last place. */
const SYSTEM_ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin:/run/wrappers/bin', LC_ALL: 'C' }

/** A row of the kernel's table. */
export interface MountPoint {
  readonly directory: string
  /** Minor number of its device, which for FUSE is also the number of its connection. */
  readonly minor: number
  readonly type: string
  readonly source: string
}

/** The uppermost mount on `directory` (absolute); undefined when it is no mount point. */
export async function mountPointAt(directory: string): Promise<MountPoint | undefined> {
  const table = await readFile('/proc/self/mountinfo', 'utf8')
  return table
    .split('\n')
    .map(line => {
      const [before = '', after = ''] = line.split(' - ')
      const [type = '', source = ''] = after.split(' ')
      const [, , device = '', , place = ''] = before.split(' ')
      return { directory: unescape(place), minor: Number(device.split(':')[1]), type, source: unescape(source) }
    })
    .findLast(mountPoint => mountPoint.directory === directory)
}

/** Whether a mount point is one of this product. */
export function isOurs({ type, source }: MountPoint): boolean {
  return type.startsWith('fuse') && source === FILE_SYSTEM_NAME
}

/**
 * Unmounts `directory`. A mount that is in use, and any `atOnce`, is taken out of the tree and ends with its last user. A directory that
 * is not a mount point is left alone. Throws FsError EBUSY when the mount cannot be removed.
 */
export async function unmount(directory: string, { atOnce = false } = {}): Promise<void> {
  const patient: [string, string[]][] = [
    ['fusermount', ['-u', '--', directory]],
    ['fusermount3', ['-u', '--', directory]],
  ]
  const attempts: [string, string[]][] = [
    ...(atOnce ? [] : patient),
    ['fusermount', ['-u', '-z', '--', directory]],
    ['fusermount3', ['-u', '-z', '--', directory]],
    ['umount', ['-l', '--', directory]],
  ]
  let cause: unknown
  for (const [command, parameters] of attempts) {
    const before = await mountPointAt(directory)
    if (!before || !isOurs(before)) return
    try {
      await run(command, parameters, { timeout: 5000, cwd: '/', env: SYSTEM_ENVIRONMENT })
      return
    } catch (error) {
      cause = error
    }
  }
  throw new FsError('EBUSY', `${directory} cannot be unmounted; unmount it with "fusermount -uz ${directory}"`, { cause })
}

/**
 * Ends a mount of ours that does not answer: whoever waits for it gets an error where the kernel lets us say so, and the
 * directory is free. Throws FsError EBUSY when it cannot be removed.
 */
export async function abandonMount(directory: string, { minor }: MountPoint): Promise<void> {
  // Not everywhere is the control file system mounted; without it those who wait go on waiting for the answer.
  await writeFile(`/sys/fs/fuse/connections/${String(minor)}/abort`, '1').catch(() => undefined)
  await unmount(directory, { atOnce: true })
}

/**
 * Makes sure that `directory` can be mounted on. What a crashed mount-server left there is removed. Throws FsError:
 * ENOENT and ENOTDIR for the directory, EBUSY when a living mount-server serves it, ENOTSUP without FUSE.
 */
export async function prepareMountPoint(directory: string): Promise<void> {
  const present = await mountPointAt(directory)
  const isDead = (await statCode(directory)) === 'ENOTCONN'
  if (present && isOurs(present)) {
    if (!isDead) throw new FsError('EBUSY', `${directory} is already served by another mount-server; stop that one or choose another --mount-dir`)
    await unmount(directory)
  }
  const code = await statCode(directory)
  if (code === 'ENOENT') throw new FsError('ENOENT', `the mount directory ${directory} does not exist; make it with "mkdir -p ${directory}" or choose another --mount-dir`)
  if (code === 'ENOTDIR') throw new FsError('ENOTDIR', `${directory} is not a directory; choose another --mount-dir`)
  if (code !== undefined) throw new FsError('EIO', `${directory} cannot be used as the mount directory: ${code}`)
  await checkDevice()
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
