/** Whether this process serves a mount: the kernel uses the numbers of a mount again once it has ended, so they prove nothing. */
import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** A server that lives answers sooner. */
const TIMEOUT_MS = 5000

/** Looks up a name that no other process knows, and sees whether this process is asked for it. */
export class OwnershipProof {
  readonly #mountDir: string
  readonly #name = `.${randomUUID()}`
  #timesAsked = 0

  constructor(mountDir: string) {
    this.#mountDir = mountDir
  }

  /** Whether the lookup of `path`, in the mount that this process serves, is the proof. There is no such file. */
  isAskedBy(path: string): boolean {
    const isProof = path === `/${this.#name}`
    if (isProof) this.#timesAsked++
    return isProof
  }

  /** False when another process answers. A mount that nobody answers for counts as own. */
  async isOwn(): Promise<boolean> {
    const before = this.#timesAsked
    const timeout = new AbortController()
    const code = await Promise.race([
      stat(join(this.#mountDir, this.#name)).then(() => 'found', (error: unknown) => (error as NodeJS.ErrnoException).code),
      delay(TIMEOUT_MS, 'silent', { signal: timeout.signal, ref: false }).catch(() => 'silent'),
    ])
    timeout.abort()
    return this.#timesAsked > before || code === 'silent' || code === 'ENOTCONN' || code === 'ECONNABORTED'
  }
}
