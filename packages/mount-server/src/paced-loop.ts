/** Work that is done again and again and takes at most a twentieth of the time. */

const PAUSE_PER_WORK = 20

/** `work` must not reject. Starting and stopping twice is fine. */
export class PacedLoop {
  readonly #work: () => Promise<void>
  readonly #shortestMs: number
  #isStarted = false
  #running: Promise<void> | undefined
  #next: NodeJS.Timeout | undefined

  /** `shortestMs`: the shortest pause, in milliseconds. */
  constructor(work: () => Promise<void>, shortestMs: number) {
    this.#work = work
    this.#shortestMs = shortestMs
  }

  /** Resolves when the work was done once. */
  start(): Promise<void> {
    this.#isStarted = true
    return this.now()
  }

  /** Does the work without waiting for the end of the pause; callers share what is being done. */
  now(): Promise<void> {
    clearTimeout(this.#next)
    this.#running ??= this.#round().finally(() => (this.#running = undefined))
    return this.#running
  }

  /** What is being done comes to its end, and is the last. */
  stop(): void {
    this.#isStarted = false
    clearTimeout(this.#next)
  }

  async #round(): Promise<void> {
    const begunMs = performance.now()
    await this.#work()
    if (!this.#isStarted) return
    clearTimeout(this.#next)
    this.#next = setTimeout(() => void this.now(), Math.max(this.#shortestMs, (performance.now() - begunMs) * PAUSE_PER_WORK))
  }
}
