/**
 * Who owns a directory. A server holds flock(2) on the file `lock` in it: the lock belongs to the directory and not to a
 * namespace, and the kernel takes it back when the server ends, however it ends. What the file says is for people; a server
 * never decides by it.
 */
import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'

import { FsError } from '../errors.js'
import { type Flock, systemFlock } from './flock.js'
import { whyLocksStayLocal } from './lock-reach.js'

/** The file in a directory that is locked. */
export const LOCK_FILE = 'lock'

const MAX_HOLDER_BYTES = 512
const HOLDER = /^(\d+) ([\w.?-]+) ([\w.:-]+)\n/

/** A held lock. Releasing twice is fine. */
export interface DirectoryLock {
  release(): void
}

/** The lock, or who has it: "process 7 on host a since …", as far as that is written. */
export type LockAttempt = { readonly lock: DirectoryLock } | { readonly holder: string }

/**
 * Tries to lock `directory` for this process. Its descriptor is closed in programs that this process starts. Throws FsError ENOTSUP
 * where locks do not work, and what the file system of Node throws.
 */
export async function lockDirectory(directory: string, flock?: Flock): Promise<LockAttempt> {
  const lockFile = flock ?? (await systemFlock())
  if (!lockFile) throw unlockable(directory, 'neither koffi nor the program flock can be used here')
  const path = join(directory, LOCK_FILE)
  for (;;) {
    const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600)
    try {
      const local = whyLocksStayLocal(fstatSync(descriptor, { bigint: true }).dev)
      if (local !== undefined) throw unlockable(directory, `its file system is ${local}`)
      const result = lockFile(descriptor)
      if (typeof result === 'object') throw unlockable(directory, `its file system answers ${result.errno}`)
      if (result === 'taken') {
        const holder = holderOf(descriptor)
        closeSync(descriptor)
        return { holder }
      }
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
    if (isStill(path, descriptor)) {
      sign(descriptor)
      return { lock: heldLock(descriptor) }
    }
    // The owner before removed the file between our opening and our locking it.
    closeSync(descriptor)
  }
}

/** Removes the lock file; only its owner may, since a file that is locked by another one would be lost. */
export function removeLockFile(directory: string): void {
  rmSync(join(directory, LOCK_FILE), { force: true })
}

function heldLock(descriptor: number): DirectoryLock {
  let isHeld = true
  return {
    release: () => {
      if (isHeld) closeSync(descriptor)
      isHeld = false
    },
  }
}

function isStill(path: string, descriptor: number): boolean {
  const [locked, found] = [fstatSync(descriptor, { bigint: true }), statSync(path, { bigint: true, throwIfNoEntry: false })]
  return found?.ino === locked.ino && found.dev === locked.dev
}

/** A full disk keeps nobody from locking. */
function sign(descriptor: number): void {
  try {
    ftruncateSync(descriptor, 0)
    writeSync(descriptor, `${String(process.pid)} ${hostname().replace(/[^\w.-]/g, '?')} ${new Date().toISOString()}\n`, 0)
  } catch (error) {
    if (FsError.from(error).code !== 'ENOSPC') throw error
  }
}

function holderOf(descriptor: number): string {
  const bytes = Buffer.alloc(MAX_HOLDER_BYTES)
  const [, pid, host, since] = HOLDER.exec(bytes.toString('latin1', 0, readSync(descriptor, bytes, 0, bytes.length, 0))) ?? []
  return pid === undefined ? 'a process that did not say its name' : `process ${pid} on host ${host ?? ''} since ${since ?? ''}`
}

function unlockable(directory: string, why: string): FsError {
  return new FsError('ENOTSUP', `${directory} cannot be locked (${why}), and without a lock two servers could destroy each other's changes`)
}
