/** Whether a user may let other users into a FUSE mount; fusermount refuses the mount where not. */
import { readFile } from 'node:fs/promises'

/** Where the administrator of the machine allows it. */
export const FUSE_CONFIG = '/etc/fuse.conf'

/** Bit of CAP_SYS_ADMIN, with which a process mounts without fusermount. */
const SYS_ADMIN = 21n

/** Whether the user of this process may, or one with this user id. `config` is the configuration of fusermount. */
export async function mayAllowOther({ config = FUSE_CONFIG, uid = process.geteuid?.() ?? 0 }: { config?: string; uid?: number } = {}): Promise<boolean> {
  if (uid === 0) return true
  const text = await readFile(config, 'utf8').catch(() => '')
  return /^[ \t]*user_allow_other[ \t]*$/m.test(text) || (uid === process.geteuid?.() && (await isAdministrator()))
}

async function isAdministrator(): Promise<boolean> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '')
  const [, capabilities] = /^CapEff:\t([0-9a-f]+)$/m.exec(status) ?? []
  return capabilities !== undefined && ((BigInt(`0x${capabilities}`) >> SYS_ADMIN) & 1n) === 1n
}
