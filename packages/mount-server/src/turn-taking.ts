/** One after the other: work that must not overlap. */

/** Runs pieces of work in the order they were handed in; a failed one does not stop the next. */
export class TurnTaking {
  #last: Promise<unknown> = Promise.resolve()

  /** Resolves with the result of `work`, which starts when all work before has ended. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => undefined)
    return result
  }
}
