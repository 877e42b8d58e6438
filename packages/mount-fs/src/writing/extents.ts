/** Which parts of a file are there: ranges of bytes, in order, without overlaps. */

/** A range of bytes: `start` is in it, `end` is not. */
export interface Extent {
  readonly start: number
  readonly end: number
}

/** A set of bytes of one file. */
export class Extents {
  #ranges: Extent[]

  constructor(ranges: readonly Extent[] = []) {
    this.#ranges = [...ranges]
  }

  /** The ranges, in order. */
  get ranges(): readonly Extent[] {
    return this.#ranges
  }

  /** Adds the bytes from `start` to `end`. False when all of them were there. */
  add(start: number, end: number): boolean {
    if (start >= end || this.covers(start, end)) return false
    const first = this.#firstEndingAt(start)
    let last = first
    let [from, to] = [start, end]
    for (let range = this.#ranges[last]; range && range.start <= end; range = this.#ranges[++last]) {
      from = Math.min(from, range.start)
      to = Math.max(to, range.end)
    }
    this.#ranges.splice(first, last - first, { start: from, end: to })
    return true
  }

  /** Takes all bytes away. */
  clear(): void {
    this.#ranges = []
  }

  /** Whether all bytes from `start` to `end` are there. */
  covers(start: number, end: number): boolean {
    const range = this.#ranges[this.#firstEndingAt(start)]
    return start >= end || (range !== undefined && range.start <= start && range.end >= end)
  }

  /** The ranges from `start` to `end` that are missing, in order. */
  missing(start: number, end: number): Extent[] {
    const gaps: Extent[] = []
    let at = start
    for (let index = this.#firstEndingAt(start); at < end; index++) {
      const range = this.#ranges[index]
      if (!range || range.start >= end) break
      if (range.start > at) gaps.push({ start: at, end: range.start })
      at = Math.max(at, range.end)
    }
    if (at < end) gaps.push({ start: at, end })
    return gaps
  }

  /** The index of the first range that ends at `offset` or after it. */
  #firstEndingAt(offset: number): number {
    let [low, high] = [0, this.#ranges.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#ranges[middle]?.end ?? 0) < offset) low = middle + 1
      else high = middle
    }
    return low
  }
}
