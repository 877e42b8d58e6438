/**
 * Mounting at a directory, and taking a mount away from it by the name of the directory, one after the other.
 *
 * A plain user has only `fusermount3 -u DIRECTORY`, which looks the directory up when it runs: on a busy machine that is
 * seconds after the mount was found dead, and a restarted server may have mounted there by then. So all programs of this
 * product lock the directory above it for both. The lock ends with the processes that hold it.
 */
import { constants, open } from 'node:fs/promises'
import { dirname } from 'node:path'

import { runSystemProgram } from './system-programs.js'

/** Longer than a program that unmounts may take. Who may read the directory can hold the lock, so nobody waits for ever. */
const LOCK_TIMEOUT_S = 8

/** Does `work` while the lock of the mount directory `directory` is held; `lockFd` is undefined where that cannot be locked. */
export async function whileLocked<T>(directory: string, work: (lockFd: number | undefined) => Promise<T>): Promise<T> {
  const above = await open(dirname(directory), constants.O_RDONLY | constants.O_DIRECTORY).catch(() => undefined)
  try {
    const isLocked = above !== undefined && (await runSystemProgram('flock', ['-x', '-w', String(LOCK_TIMEOUT_S), '3'], { fd: above.fd, timeoutMs: (LOCK_TIMEOUT_S + 2) * 1000 }).then(() => true, () => false))
    return await work(isLocked ? above.fd : undefined)
  } finally {
    await above?.close()
  }
}
