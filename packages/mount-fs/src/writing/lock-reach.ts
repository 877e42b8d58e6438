/** Whether a lock on a file system is seen by the other machines that share it, as far as the kernel's table of mounts says. */
import { readFileSync } from 'node:fs'

/** NFS options with which locks stay on one machine. */
const LOCAL_LOCKS = /(?:^|,)(nolock|local_lock=(?:all|flock))(?:,|$)/

/**
 * Why locks on the device `dev` (of stat) stay on this machine, in words such as "nfs with nolock"; undefined when they reach
 * everyone, or nothing is known.
 */
export function whyLocksStayLocal(dev: bigint, mountTable = readMountTable()): string | undefined {
  const device = `${String(majorOf(dev))}:${String(minorOf(dev))}`
  for (const line of mountTable.split('\n')) {
    const [before = '', after = ''] = line.split(' - ')
    const [type = '', , options = ''] = after.split(' ')
    if (before.split(' ')[2] !== device || !type.startsWith('nfs')) continue
    const [, option] = LOCAL_LOCKS.exec(options) ?? []
    if (option !== undefined) return `${type} with ${option}`
  }
  return undefined
}

function readMountTable(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8')
  } catch {
    return ''
  }
}

function majorOf(dev: bigint): bigint {
  return ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn)
}

function minorOf(dev: bigint): bigint {
  return (dev & 0xffn) | ((dev >> 12n) & ~0xffn)
}
