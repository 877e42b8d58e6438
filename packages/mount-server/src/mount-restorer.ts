/** Brings back a mount that was taken away from the server, after a pause that grows each time that does not last. */
import type { Logger } from 'pino'

import type { KernelMount } from './kernel-mount.js'

/** Times in milliseconds. */
export interface RestorePace {
  /** The first pause; it doubles with each loss and each failed try. */
  readonly firstMs: number
  readonly lastMs: number
  /** A mount that stood for this long begins with the first pause again. */
  readonly stableMs: number
}

const DEFAULT_PACE: RestorePace = { firstMs: 1000, lastMs: 60_000, stableMs: 60_000 }

/** How the mount is restored. */
export interface MountRestorerOptions {
  readonly pace?: RestorePace | undefined
  /** Called when it is mounted again. */
  readonly onRestored: () => void
}

/** Restores one mount until it is stopped. What stands in the way is the reason of the mount's state. */
export class MountRestorer {
  readonly #kernelMount: KernelMount
  readonly #logger: Logger
  readonly #pace: RestorePace
  readonly #onRestored: () => void
  #pauseMs: number
  #restoredMs = -Infinity
  #timer: NodeJS.Timeout | undefined
  #isStopped = false

  constructor(kernelMount: KernelMount, logger: Logger, { pace = DEFAULT_PACE, onRestored }: MountRestorerOptions) {
    this.#kernelMount = kernelMount
    this.#logger = logger
    this.#pace = pace
    this.#pauseMs = pace.firstMs
    this.#onRestored = onRestored
  }

  /** The mount is gone. `cause`: what happened, as the beginning of a sentence. */
  lost(cause: string): void {
    if (performance.now() - this.#restoredMs > this.#pace.stableMs) this.#pauseMs = this.#pace.firstMs
    this.#kernelMount.noteLost(`${cause}; it is being mounted again`)
    this.#tryLater(cause)
  }

  /** Tries no more. Stopping twice is fine. */
  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  #tryLater(cause: string): void {
    if (this.#isStopped) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#try(cause), this.#pauseMs)
    this.#pauseMs = Math.min(this.#pauseMs * 2, this.#pace.lastMs)
  }

  async #try(cause: string): Promise<void> {
    try {
      if (!(await this.#kernelMount.restore())) return
      this.#restoredMs = performance.now()
      this.#onRestored()
    } catch (err) {
      const reason = err instanceof Error ? err.message : String(err)
      this.#logger.warn({ err, retryMs: this.#pauseMs }, `${cause}, and cannot be mounted again yet: ${reason}`)
      this.#kernelMount.noteLost(`${cause}, and cannot be mounted again yet: ${reason}`)
      this.#tryLater(cause)
    }
  }
}
