/** Turns by name: work on one name waits for that name alone; some work waits for everything. */

/** First come, first served. A failed piece of work does not stop the next. */
export class NamedTurns {
  readonly #last = new Map<string, Promise<void>>()
  /** Ends with the last work that took all turns. */
  #lastOfAll: Promise<void> = Promise.resolve()

  /** Resolves with the result of `work`, which starts when all earlier work on these names, and on all names, has ended. */
  run<T>(names: Iterable<string>, work: () => Promise<T>): Promise<T> {
    const unique = new Set(names)
    const { result, ended } = startAfter([this.#lastOfAll, ...[...unique].map(name => this.#last.get(name) ?? this.#lastOfAll)], work)
    for (const name of unique) this.#last.set(name, ended)
    void ended.then(() => {
      for (const name of unique) if (this.#last.get(name) === ended) this.#last.delete(name)
    })
    return result
  }

  /** Resolves with the result of `work`, which starts when all earlier work has ended; later work waits for it. */
  runAlone<T>(work: () => Promise<T>): Promise<T> {
    const { result, ended } = startAfter([this.#lastOfAll, ...this.#last.values()], work)
    this.#lastOfAll = ended
    this.#last.clear()
    return result
  }
}

function startAfter<T>(earlier: readonly Promise<void>[], work: () => Promise<T>): { result: Promise<T>; ended: Promise<void> } {
  const result = Promise.all(earlier).then(work)
  return { result, ended: result.then(() => undefined, () => undefined) }
}
