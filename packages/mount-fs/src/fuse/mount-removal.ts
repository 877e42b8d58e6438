/**
 * Taking a mount out of the tree: the very mount that is meant, never what is mounted at its directory by then.
 *
 * Root takes it by an open descriptor, which keeps the mount and its numbers from being used for another. A plain user
 * can only name the directory to fusermount; that is done under the lock of the directory, which mounting takes too.
 */
import { constants, type FileHandle, open, readFile, writeFile } from 'node:fs/promises'

import { FsError } from '../errors.js'
import { whileLocked } from './mount-lock.js'
import { isSameMount, type MountPoint, mountPointAt, mountPoints } from './mount-points.js'
import { runSystemProgram } from './system-programs.js'

/** Linux: a descriptor that names a file without opening it, so nothing asks the file system. */
const O_PATH = 0o10000000

/** A mount that cannot be replaced by another with the same numbers until it is released. */
export interface HeldMount {
  /** A path to the root of this very mount. */
  readonly path: string
  /** Ends the connection to its server, so all who wait for an answer get an error. False where the kernel does not permit it. */
  abort(): Promise<boolean>
  /** Takes it out of the tree; it ends with its last user. `lockFd`: the lock, if the caller has it. Throws FsError EBUSY when it cannot be removed. */
  remove(lockFd?: number): Promise<void>
  /** Releasing twice is fine. */
  release(): Promise<void>
}

/** Holds `mountPoint` if that is the mount which programs see at its directory; undefined when it is not. */
export async function holdMount(mountPoint: MountPoint): Promise<HeldMount | undefined> {
  const handle = await open(mountPoint.directory, O_PATH | constants.O_DIRECTORY).catch(() => undefined)
  if (!handle) return undefined
  if ((await mountIdOf(handle)) !== mountPoint.id || !(await isInTree(mountPoint))) {
    await handle.close()
    return undefined
  }
  let isReleased = false
  return {
    path: `/proc/self/fd/${String(handle.fd)}`,
    abort: async () => {
      const control = `/sys/fs/fuse/connections/${String(mountPoint.minor)}/abort`
      if (await writeFile(control, '1').then(() => true, () => false)) return true
      // Where the control file system is not mounted, as in containers, root ends the connection by unmounting with force.
      return detach(handle, ['-f']).then(() => true, () => false)
    },
    remove: lockFd => remove(mountPoint, handle, lockFd),
    release: async () => {
      if (isReleased) return
      isReleased = true
      await handle.close()
    },
  }
}

/**
 * Unmounts `mountPoint`. A mount that is in use is taken out of the tree and ends with its last user. One that is gone
 * already, or covered by another, is left alone. `lockFd`: the lock of the directory, if the caller has it. Throws FsError
 * EBUSY when it cannot be removed.
 */
export async function unmount(mountPoint: MountPoint, lockFd?: number): Promise<void> {
  const { directory } = mountPoint
  for (const command of ['fusermount', 'fusermount3']) {
    if (!isSameMount(mountPoint, await mountPointAt(directory))) return
    const isDone = await runSystemProgram(command, ['-u', '--', directory]).then(() => true, () => false)
    if (isDone) return
  }
  const held = await holdMount(mountPoint)
  try {
    await held?.remove(lockFd)
  } finally {
    await held?.release()
  }
}

async function remove(mountPoint: MountPoint, handle: FileHandle, lockFd: number | undefined): Promise<void> {
  if (!(await isInTree(mountPoint))) return
  if (await detach(handle).then(() => true, () => false)) return
  if (lockFd !== undefined) await removeByName(mountPoint, lockFd)
  else await whileLocked(mountPoint.directory, ownLockFd => removeByName(mountPoint, ownLockFd))
}

/** With a lock the mount at the directory stays the one that was checked. The program inherits the lock, should this process die. */
async function removeByName(mountPoint: MountPoint, lockFd: number | undefined): Promise<void> {
  const { directory } = mountPoint
  let cause: unknown = new Error('the directory above it cannot be locked')
  for (const command of lockFd === undefined ? [] : ['fusermount3', 'fusermount']) {
    if (!isSameMount(mountPoint, await mountPointAt(directory))) return
    try {
      await runSystemProgram(command, ['-u', '-z', '--', directory], { fd: lockFd })
      return
    } catch (error) {
      cause = error
    }
  }
  throw new FsError('EBUSY', `${directory} cannot be unmounted; unmount it with "fusermount -uz ${directory}"`, { cause })
}

/** Unmounts by the descriptor: "-c" keeps umount from looking the directory up again. Needs CAP_SYS_ADMIN. */
function detach(handle: FileHandle, options: readonly string[] = []): Promise<void> {
  return runSystemProgram('umount', ['-i', '-c', '-l', ...options, '--', '/proc/self/fd/3'], { fd: handle.fd })
}

async function isInTree(mountPoint: MountPoint): Promise<boolean> {
  return (await mountPoints()).some(present => isSameMount(mountPoint, present))
}

async function mountIdOf(handle: FileHandle): Promise<number> {
  const information = await readFile(`/proc/self/fdinfo/${String(handle.fd)}`, 'latin1')
  return Number(/^mnt_id:\s*(\d+)$/m.exec(information)?.[1])
}
