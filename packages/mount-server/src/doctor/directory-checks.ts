/** Whether the directories that the server uses can be used. */
import { mountPointAt } from '@jupyterlab-pachyderm/mount-fs'
import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

import { readableBytes } from '../commands/terminal.js'
import { type Check, type CheckResult, type Person, quoted } from './check.js'

const run = promisify(execFile)

/** A mount that does not answer holds whoever asks for ever. */
const STAT_TIMEOUT_MS = 3000
const SMALL_DISK_BYTES = 1024 ** 3

/** The directory to mount on; `isRunning` says whether it is the running server that is mounted there. */
export function checkMountDirectory(mountDir: string, { name, uid }: Person, isRunning: boolean): Check {
  return async () => {
    const check = 'mount directory'
    const present = await mountPointAt(mountDir).catch(() => undefined)
    const answer = await askedInTime(mountDir)
    if (answer === 'no answer') return { check, state: 'failed', message: `${mountDir} is mounted and does not answer`, fix: `fusermount3 -uz ${quoted(mountDir)}` }
    if (answer === 'dead') return { check, state: 'failed', message: `${mountDir} is left behind by a server that was killed; the next start mends it, too`, fix: `fusermount3 -uz ${quoted(mountDir)}` }
    if (answer === 'missing') return { check, state: 'failed', message: `${mountDir} does not exist`, fix: `sudo mkdir -p ${quoted(mountDir)} && sudo chown ${quoted(name)} ${quoted(mountDir)}` }
    if (present?.source === 'pfs') return isRunning ? { check, state: 'ok', message: `${mountDir} is mounted` } : { check, state: 'warning', message: `${mountDir} is mounted by another mount-server`, fix: `fusermount3 -u ${quoted(mountDir)}` }
    const { uid: owner } = await stat(mountDir)
    const isOurs = uid === 0 || owner === uid || (await access(mountDir, constants.W_OK).then(() => true, () => false))
    if (!isOurs) return { check, state: 'failed', message: `${mountDir} belongs to another user, and only its owner may mount on it`, fix: `sudo chown ${quoted(name)} ${quoted(mountDir)}` }
    return { check, state: 'ok', message: `${mountDir} can be mounted on` }
  }
}

/** A directory that the server makes by itself: whether it can, and has room. */
export function checkStore(check: string, directory: string, option: string): Check {
  return async (): Promise<CheckResult> => {
    const place = await nearestExisting(directory)
    try {
      await access(place, constants.W_OK | constants.X_OK)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EROFS') return { check, state: 'failed', message: `${place} is on a read-only file system; give another ${option}` }
      return { check, state: 'failed', message: `${place} may not be written; give another ${option}`, fix: `sudo chown -R "$USER" ${quoted(place)}` }
    }
    const { bavail, bsize } = await statfs(place)
    const free = bavail * bsize
    if (free < SMALL_DISK_BYTES) return { check, state: 'warning', message: `the disk of ${directory} has only ${readableBytes(free)} left; make room, or give another ${option}` }
    return { check, state: 'ok', message: `${directory}: ${readableBytes(free)} free` }
  }
}

/** Asked by another process, which can be killed when it gets no answer. */
async function askedInTime(path: string): Promise<'there' | 'missing' | 'dead' | 'no answer'> {
  try {
    await run('stat', ['--format=%F', '--', path], { timeout: STAT_TIMEOUT_MS, killSignal: 'SIGKILL', cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' } })
    return 'there'
  } catch (error) {
    const { killed, stderr = '' } = error as { killed?: boolean; stderr?: string }
    if (killed) return 'no answer'
    return stderr.includes('not connected') ? 'dead' : 'missing'
  }
}

async function nearestExisting(path: string): Promise<string> {
  const exists = await stat(path).then(
    () => true,
    () => false,
  )
  return exists || dirname(path) === path ? path : nearestExisting(dirname(path))
}
