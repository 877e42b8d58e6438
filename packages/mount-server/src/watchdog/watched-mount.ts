/** The mount that is watched: whether it answers, and taking it away. What else is mounted at its directory by then is left alone. */
import { holdMount, isOurMount, isSameMount, type MountPoint, mountPointAt, mountPoints } from '@jupyterlab-pachyderm/mount-fs'
import { statfs } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

/** How it is with a mount. */
export type MountHealth = 'answers' | 'stuck' | 'dead' | 'gone'

/** One mount. */
export class WatchedMount {
  readonly #mountPoint: MountPoint
  /** A question without an answer holds a thread for as long, so there is one at a time. */
  #asked: Promise<MountHealth> | undefined

  constructor(mountPoint: MountPoint) {
    this.#mountPoint = mountPoint
  }

  /** The mount of this product at `directory`; undefined when there is none. */
  static async at(directory: string): Promise<WatchedMount | undefined> {
    const present = await mountPointAt(directory)
    return present && isOurMount(present) ? new WatchedMount(present) : undefined
  }

  /** Asks the mount itself; the kernel keeps no answer to this question. "stuck" when none comes within `timeoutMs`. */
  async health(timeoutMs: number): Promise<MountHealth> {
    if (!(await this.#isInTree())) return 'gone'
    this.#asked ??= this.#ask().finally(() => (this.#asked = undefined))
    const over = new AbortController()
    const tooLong = delay(timeoutMs, 'stuck' as const, { signal: over.signal }).catch(() => 'stuck' as const)
    const health = await Promise.race([this.#asked, tooLong])
    over.abort()
    return health
  }

  /** Ends its connection, so programs that wait for it get an error. False where that is not permitted. */
  async abort(): Promise<boolean> {
    const held = await holdMount(this.#mountPoint)
    try {
      return held === undefined || (await held.abort())
    } finally {
      await held?.release()
    }
  }

  /** Takes it away, whatever state it is in. Rejects with FsError EBUSY when that is not possible. */
  async takeAway(): Promise<void> {
    const held = await holdMount(this.#mountPoint)
    try {
      await held?.remove()
    } finally {
      await held?.release()
    }
  }

  /** Takes it away if its server is gone. */
  async takeAwayIfDead(): Promise<void> {
    const held = await holdMount(this.#mountPoint)
    try {
      if (held && (await isDead(held.path))) await held.remove()
    } finally {
      await held?.release()
    }
  }

  async #isInTree(): Promise<boolean> {
    return (await mountPoints()).some(present => isSameMount(this.#mountPoint, present))
  }

  async #ask(): Promise<MountHealth> {
    const held = await holdMount(this.#mountPoint)
    // It is covered by another mount, and no program waits for it.
    if (!held) return 'answers'
    try {
      return (await isDead(held.path)) ? 'dead' : 'answers'
    } finally {
      await held.release()
    }
  }
}

async function isDead(path: string): Promise<boolean> {
  try {
    await statfs(path)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOTCONN'
  }
}
