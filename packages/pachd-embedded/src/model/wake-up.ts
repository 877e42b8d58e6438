/** Waiting until something in the model has changed. */

/** Wakes everybody who waits whenever a change is visible; who waits looks again and may wait again. */
export class WakeUp {
  private waiting = new Set<() => void>()

  /** Something has changed. */
  ring(): void {
    const woken = this.waiting
    this.waiting = new Set()
    for (const wake of woken) wake()
  }

  /** Resolves at the next ring, or when the signal aborts. Call it before looking, so that no ring is missed. */
  next(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const wake = () => {
        signal.removeEventListener('abort', wake)
        this.waiting.delete(wake)
        resolve()
      }
      this.waiting.add(wake)
      signal.addEventListener('abort', wake)
      if (signal.aborted) wake()
    })
  }
}
