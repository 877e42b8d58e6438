/** flock(2): a lock on an open file that the kernel takes back with its last descriptor, whatever namespace its owner is in. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'

/** LOCK_EX | LOCK_NB, the same on Linux, macOS and the BSDs. */
const EXCLUSIVE_AT_ONCE = 2 | 4

/** How an attempt ended: `errno` is the name of the error where there are no locks. */
export type FlockResult = 'locked' | 'taken' | { readonly errno: string }

/** Tries to lock an open file without waiting. */
export type Flock = (descriptor: number) => FlockResult

/**
 * The flock of this system: the call itself, or else the program `flock`, which locks a descriptor that it inherits; the lock
 * stays with the open file when the program ends. Resolves to undefined where neither can be used.
 */
export async function systemFlock(): Promise<Flock | undefined> {
  return (await flockCall()) ?? flockProgram()
}

async function flockCall(): Promise<Flock | undefined> {
  if (process.platform === 'win32') return undefined
  try {
    const { default: koffi } = await import('koffi')
    const flock = koffi.load(null).func('int flock(int descriptor, int operation)') as (descriptor: number, operation: number) => number
    return descriptor => {
      for (;;) {
        if (flock(descriptor, EXCLUSIVE_AT_ONCE) === 0) return 'locked'
        const errno = koffi.errno()
        if (errno === constants.errno.EAGAIN) return 'taken'
        if (errno !== constants.errno.EINTR) return { errno: nameOf(errno) }
      }
    }
  } catch {
    // koffi has a build for most systems, and no build for some.
    return undefined
  }
}

/** Of util-linux or busybox, which end with 1 when the lock is taken. */
export function flockProgram(places = ['/usr/bin/flock', '/bin/flock']): Flock | undefined {
  const program = places.find(place => existsSync(place))
  if (program === undefined) return undefined
  return descriptor => {
    const { status } = spawnSync(program, ['-x', '-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', descriptor], env: {} })
    if (status === 0) return 'locked'
    return status === 1 ? 'taken' : { errno: 'ENOLCK' }
  }
}

function nameOf(errno: number): string {
  return Object.entries(constants.errno).find(([, number]) => number === errno)?.[0] ?? `error ${String(errno)}`
}
