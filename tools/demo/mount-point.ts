/** The directory that data is mounted on, before and after a mount-server. */
import { execFile } from 'node:child_process'
import { mkdir, readFile, rmdir } from 'node:fs/promises'
import { promisify } from 'node:util'

import { SetupError } from '../setup/report.mjs'

const execute = promisify(execFile)

/** Makes the directory, and takes off a mount of ours that an earlier crash left on it. */
export async function prepareMountPoint(folder: string): Promise<void> {
  await unmountLeftover(folder)
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new SetupError(`${folder}: the mount directory cannot be made; choose another one with --mount-dir`, { cause })
  })
}

/** Takes off a FUSE mount of ours, also one whose process is gone; mounts of others stay. */
export async function unmountLeftover(folder: string): Promise<void> {
  for (let tries = 0; (await mountTypeOf(folder)) === 'fuse.pfs' && tries < 5; tries++) {
    await unmount(folder)
  }
}

/** Removes the directory when nothing is left in it. */
export async function removeMountPoint(folder: string): Promise<void> {
  await rmdir(folder).catch(() => undefined)
}

async function unmount(folder: string): Promise<void> {
  const commands: [string, string[]][] = [
    ['fusermount3', ['-u', '-z', '-q', folder]],
    ['fusermount', ['-u', '-z', '-q', folder]],
    ['umount', ['-l', folder]],
  ]
  for (const [command, args] of commands) {
    const done = await execute(command, args).then(
      () => true,
      () => false,
    )
    if (done) return
  }
}

/** The type of what is mounted on the folder, such as `fuse.pfs`; undefined when nothing is. */
export async function mountTypeOf(folder: string): Promise<string | undefined> {
  const mounts = await readFile('/proc/self/mounts', 'utf8').catch(() => '')
  return mounts
    .split('\n')
    .map(line => line.split(' '))
    .filter(([, target]) => target !== undefined && unescape(target) === folder)
    .at(-1)?.[2]
}

/** /proc/mounts writes blanks and backslashes as octal numbers. */
function unescape(target: string): string {
  return target.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
