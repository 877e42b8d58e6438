/** The mount in the kernel: made once, served until it is unmounted. */
import { rename, rmdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { FsError } from '../errors.js'
import type { FileSystem } from '../file-system.js'
import { FUSE_CONFIG, mayAllowOther } from './allow-other.js'
import { toErrno } from './errno.js'
import { createFuseOperations, type FuseOperationsOptions } from './fuse-operations.js'
import { loadFuse, type Reply } from './load-fuse.js'
import { whileLocked } from './mount-lock.js'
import { checkMountPoint, FILE_SYSTEM_NAME, isSameMount, type MountPoint, mountPointAt } from './mount-points.js'
import { unmount } from './mount-removal.js'
import { NativeCalls } from './native-calls.js'
import { OwnershipProof } from './ownership-proof.js'
import { type Ownership, ownershipOf } from './ownership.js'

/** How to mount. */
export interface FuseMountOptions {
  /** An existing directory; it may itself be a mount, such as a volume. */
  readonly mountDir: string
  /** Whether other users get what the modes of files permit them; without it they get nothing. Default: no. */
  readonly allowOther?: boolean
  /** As whom files appear. Default: the user of this process, with umask 022. */
  readonly ownership?: Partial<Ownership>
  /** Longest time of one operation in milliseconds. Default 30,000. */
  readonly deadlineMs?: number
  /** Called for each operation that fails, expected failures too. */
  readonly onFailure?: FuseOperationsOptions['onFailure']
}

/** A mounted file system. Whoever mounts it unmounts it. */
export interface FuseSession {
  readonly mountDir: string
  /** The mount in the kernel's table. */
  readonly mountPoint: MountPoint
  /** What the mount covers, where the directory was a mount already. */
  readonly covered: MountPoint | undefined
  /** What was wanted and is not possible here, a sentence each. */
  readonly notices: readonly string[]
  /** Ends the mount; when it is in use, it disappears at once and ends with its last user. Unmounting twice is fine. */
  unmount(): Promise<void>
}

/** How long a request waits for the kernel to forget a name. */
const FORGET_TIMEOUT_MS = 500

/**
 * How long the kernel remembers names, attributes and contents without asking. What is below a mount changes through
 * the kernel itself or not at all, and when a mount goes the kernel is told to forget it; so there is nothing to ask.
 */
const REMEMBER_SECONDS = 3600

/** Mounts `fileSystem`. Throws FsError when the directory or FUSE cannot be used; no mount is left behind then. */
export async function mountFuse(fileSystem: FileSystem, options: FuseMountOptions): Promise<FuseSession> {
  const mountDir = resolve(options.mountDir)
  return whileLocked(mountDir, lockFd => mountAt(mountDir, fileSystem, options, lockFd))
}

async function mountAt(mountDir: string, fileSystem: FileSystem, options: FuseMountOptions, lockFd: number | undefined): Promise<FuseSession> {
  const dead = await checkMountPoint(mountDir)
  if (dead) {
    await unmount(dead, lockFd)
    await checkMountPoint(mountDir)
  }
  const covered = await mountPointAt(mountDir)
  const forgetting = new Map<string, number>()
  const moving = new Map<string, { readonly to: string; readonly moved: () => void }>()
  const proof = new OwnershipProof(mountDir)
  const deadlineMs = options.deadlineMs ?? 30_000
  const onFailure = options.onFailure ?? (() => undefined)
  const ownership = ownershipOf(options.ownership ?? {})
  const wantsOthers = options.allowOther ?? false
  const allowsOthers = wantsOthers && (await mayAllowOther())
  const handlers = createFuseOperations({ fileSystem, forgetting, moving, deadlineMs, isProof: path => proof.isAskedBy(path), ownership, onFailure })
  const { Fuse, binding, memory } = loadFuse()
  const calls = new NativeCalls(binding, memory)
  const refuse = (operation: string, path: string, reply: Reply) => {
    onFailure({ operation, path, error: new FsError('EILSEQ', `${path}: names have to be UTF-8`) })
    reply(toErrno('EILSEQ'))
  }
  const fuse = new Fuse(mountDir, calls.handlers(handlers, refuse), { timeout: false })
  const thread = Buffer.alloc(binding.sizeof_fuse_thread_t)
  fuse._thread = thread
  const ownMountPoint = async () => {
    const present = await mountPointAt(mountDir)
    return present && !(covered && isSameMount(covered, present)) ? present : undefined
  }
  try {
    await new Promise<void>((mounted, refused) => {
      fuse._openCallback = error => (error ? refused(error) : mounted())
      binding.fuse_native_mount(mountDir, fuseOptions(allowsOthers), thread, fuse, fuse._malloc, calls.natives(fuse._handlers), fuse._getImplementedArray())
      calls.passTimes(thread, mountDir)
    })
  } catch (cause) {
    const left = await ownMountPoint()
    if (left) await unmount(left, lockFd)
    throw new FsError('EIO', `${mountDir} cannot be mounted; FUSE needs root, or fusermount and a user that /etc/passwd knows`, { cause })
  }
  const mountPoint = await ownMountPoint()
  if (!mountPoint) throw new FsError('EIO', `${mountDir} was unmounted while it was being mounted`)
  const stopForgetting = fileSystem.addNameCache({
    forget: name => forget(mountDir, name, forgetting),
    move: (name, to, moved) => move(mountDir, name, to, moved, moving),
  })
  let unmounted: Promise<void> | undefined
  return {
    mountDir,
    mountPoint,
    covered,
    notices: [
      ...(wantsOthers && !allowsOthers ? [`only this user can look into the mount: for others, add the line "user_allow_other" to ${FUSE_CONFIG}, or start with --allow-other=false`] : []),
      ...(calls.hasTimes ? [] : ['programs that set one time of a file, as rsync and tar do, change nothing: the server cannot open /proc/self/mem']),
    ],
    unmount: () => {
      stopForgetting()
      unmounted ??= unmountOwn(mountPoint, proof).then(() => binding.fuse_native_unmount(mountDir, thread))
      return unmounted
    },
  }
}

/** The numbers of a mount are used again once it has ended, so a mount that lives has to prove that this process serves it. */
async function unmountOwn(mountPoint: MountPoint, proof: OwnershipProof): Promise<void> {
  if (isSameMount(mountPoint, await mountPointAt(mountPoint.directory)) && (await proof.isOwn())) await unmount(mountPoint)
}

/**
 * FUSE of this age has no message by which a file system takes a name out of the kernel's memory. Removing the
 * directory through the mount does it: the operation is answered with success, and the kernel drops all below.
 */
async function forget(mountDir: string, name: string, forgetting: Map<string, number>): Promise<void> {
  const count = (difference: number) => {
    const times = (forgetting.get(name) ?? 0) + difference
    if (times > 0) forgetting.set(name, times)
    else forgetting.delete(name)
  }
  count(1)
  // An operation below the name that waits for pachd holds this up, and the kernel forgets when that has ended.
  const removed = rmdir(join(mountDir, name)).catch(() => undefined).finally(() => count(-1))
  const timeout = new AbortController()
  await Promise.race([removed, delay(FORGET_TIMEOUT_MS, undefined, { signal: timeout.signal, ref: false }).catch(() => undefined)])
  timeout.abort()
}

/**
 * Renames a directory of the root through the mount, which is answered with success. The kernel and libfuse wait with
 * that until no operation below it is under way; from then on they know what they knew under the new name, with the
 * files that are open, and ask anew for the old one. So nobody sees a mix of before and after.
 */
async function move(mountDir: string, name: string, to: string, moved: () => void, moving: Map<string, { readonly to: string; readonly moved: () => void }>): Promise<boolean> {
  let isMoved = false
  const noteMoved = () => {
    isMoved = true
    moved()
  }
  moving.set(`/${name}`, { to: `/${to}`, moved: noteMoved })
  try {
    await rename(join(mountDir, name), join(mountDir, to))
  } catch {
    // Then it forgets what it knows instead.
  } finally {
    moving.delete(`/${name}`)
  }
  return isMoved
}

function fuseOptions(allowOther: boolean): string {
  const options = [
    `fsname=${FILE_SYSTEM_NAME}`,
    `subtype=${FILE_SYSTEM_NAME}`,
    // The kernel checks users against the modes that `ls` shows; fuse-native does not say who calls.
    'default_permissions',
    'kernel_cache',
    `entry_timeout=${REMEMBER_SECONDS}`,
    `attr_timeout=${REMEMBER_SECONDS}`,
    'big_writes',
    'nonempty',
    'max_background=128',
    'congestion_threshold=96',
    ...(allowOther ? ['allow_other'] : []),
  ]
  return `-o${options.join(',')}`
}
