/** The first names of a directory, for those who do not want to wait for the others. */
import type { DirectoryEntry } from '../attributes.js'

/** No page is longer. */
const MAX_ENTRIES = 1000

interface Waiting {
  readonly count: number
  readonly resolve: (entries: readonly DirectoryEntry[] | undefined) => void
}

/** Filled while a directory is being listed. */
export class ListingHead {
  readonly #entries: DirectoryEntry[] = []
  #waiting: Waiting[] = []
  #isOver = false

  /** Whether further names count for nothing. */
  get isFull(): boolean {
    return this.#entries.length === MAX_ENTRIES
  }

  /** The next name that arrived. */
  add(entry: DirectoryEntry): void {
    if (this.isFull) return
    this.#entries.push(entry)
    if (this.#waiting.length === 0) return
    const [ready, waiting] = [this.#waiting.filter(({ count }) => count <= this.#entries.length), this.#waiting.filter(({ count }) => count > this.#entries.length)]
    this.#waiting = waiting
    for (const { count, resolve } of ready) resolve(this.#entries.slice(0, count))
  }

  /** No further name comes: the listing is whole, or has failed. */
  end(): void {
    this.#isOver = true
    this.#entries.length = 0
    for (const { resolve } of this.#waiting.splice(0)) resolve(undefined)
  }

  /** The first `count` names, at most 1,000, as soon as they are there; undefined when the listing ends before. */
  first(count: number): Promise<readonly DirectoryEntry[] | undefined> {
    const wanted = Math.min(count, MAX_ENTRIES)
    if (this.#isOver) return Promise.resolve(undefined)
    if (this.#entries.length >= wanted) return Promise.resolve(this.#entries.slice(0, wanted))
    return new Promise(resolve => this.#waiting.push({ count: wanted, resolve }))
  }
}
