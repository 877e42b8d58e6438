/** The mount that is watched: whether it answers, and taking it away. */
import { abandonMount, isOurMount, mountPointAt } from '@jupyterlab-pachyderm/mount-fs'
import { statfs } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

/** How it is with a mount. */
export type MountHealth = 'answers' | 'stuck' | 'dead' | 'gone'

/** One mount directory. */
export class WatchedMount {
  readonly #mountDir: string
  /** A question without an answer holds a thread for as long, so there is one at a time. */
  #asked: Promise<'answers' | 'dead'> | undefined

  constructor(mountDir: string) {
    this.#mountDir = mountDir
  }

  /** Asks the mount itself; the kernel keeps no answer to this question. "stuck" when none comes within `timeoutMs`. */
  async health(timeoutMs: number): Promise<MountHealth> {
    const present = await mountPointAt(this.#mountDir)
    if (!present || !isOurMount(present)) return 'gone'
    this.#asked ??= this.#ask()
    const over = new AbortController()
    const tooLong = delay(timeoutMs, 'stuck' as const, { signal: over.signal }).catch(() => 'stuck' as const)
    const health = await Promise.race([this.#asked, tooLong])
    over.abort()
    return health
  }

  /** Takes our mount away, whatever state it is in; who waits for it gets an error. What is mounted there by others is left alone. */
  async takeAway(): Promise<void> {
    const present = await mountPointAt(this.#mountDir)
    if (present && isOurMount(present)) await abandonMount(this.#mountDir, present)
  }

  async #ask(): Promise<'answers' | 'dead'> {
    try {
      await statfs(this.#mountDir)
      return 'answers'
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'ENOTCONN' ? 'dead' : 'answers'
    } finally {
      this.#asked = undefined
    }
  }
}
