/** Events that wait to be taken by one listener, in order. */

/** Takes what is pushed, and gives it out to one reader, until it ends. */
export class EventQueue<T> implements AsyncIterable<T> {
  readonly #maxWaiting: number
  readonly #waiting: T[] = []
  #isOver = false
  #wake: () => void = () => undefined

  /** A reader that leaves more than `maxWaiting` events untaken is too slow: the queue ends after those. */
  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting
  }

  /** Adds an event; after the end it is dropped. */
  push(event: T): void {
    if (this.#isOver) return
    this.#waiting.push(event)
    if (this.#waiting.length > this.#maxWaiting) this.#isOver = true
    this.#wake()
  }

  /** No more events come; those that wait are still given out. */
  end(): void {
    this.#isOver = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      yield* this.#waiting.splice(0)
      if (this.#waiting.length > 0) continue
      if (this.#isOver) return
      await new Promise<void>(resolve => (this.#wake = resolve))
    }
  }
}
