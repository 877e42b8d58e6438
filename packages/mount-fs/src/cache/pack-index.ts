/**
 * Where small files lie, for millions of them: a hash table in typed arrays with 16 bytes for each. It keeps a part of
 * each key only, so an answer is a guess that whoever reads there has to check.
 */

/** Where a content may lie. */
export interface PackPlace {
  /** The number of the pack. */
  readonly pack: number
  /** Which content of the pack. */
  readonly row: number
}

const WORDS = 4
const EMPTY = 0

/** Key parts to places. Packs are numbered from 1 on; a number is never used again. */
export class PackIndex {
  readonly #isAlive: (pack: number) => boolean
  #table: Uint32Array
  #capacity: number
  #used = 0

  /** `isAlive` says whether a pack is still there; places in others are forgotten by and by. */
  constructor(isAlive: (pack: number) => boolean, capacity = 4096) {
    this.#isAlive = isAlive
    this.#capacity = capacity
    this.#table = new Uint32Array(capacity * WORDS)
  }

  /** The place that was set last for the key; undefined when there is none. */
  get(key: Buffer): PackPlace | undefined {
    const at = this.#slot(this.#table, this.#capacity, key.readUInt32LE(0), key.readUInt32LE(4))
    const pack = this.#table[at + 2] ?? EMPTY
    return pack !== EMPTY && this.#isAlive(pack) ? { pack, row: this.#table[at + 3] ?? 0 } : undefined
  }

  /** Remembers a place. */
  set(key: Buffer, { pack, row }: PackPlace): void {
    if (this.#used * 3 > this.#capacity * 2) this.#rebuild()
    this.#used += this.#put(this.#table, this.#capacity, key.readUInt32LE(0), key.readUInt32LE(4), pack, row)
  }

  #slot(table: Uint32Array, capacity: number, high: number, low: number): number {
    let slot = low & (capacity - 1)
    for (;;) {
      const at = slot * WORDS
      if (table[at + 2] === EMPTY || (table[at] === high && table[at + 1] === low)) return at
      slot = (slot + 1) & (capacity - 1)
    }
  }

  #put(table: Uint32Array, capacity: number, high: number, low: number, pack: number, row: number): number {
    const at = this.#slot(table, capacity, high, low)
    const isNew = table[at + 2] === EMPTY
    table.set([high, low, pack, row], at)
    return isNew ? 1 : 0
  }

  /** Leaves out the packs that are gone, and grows if it is still crowded. */
  #rebuild(): void {
    const alive: number[] = []
    for (let at = 0; at < this.#table.length; at += WORDS) {
      const pack = this.#table[at + 2] ?? EMPTY
      if (pack !== EMPTY && this.#isAlive(pack)) alive.push(at)
    }
    let capacity = 4096
    while (alive.length * 2 > capacity) capacity *= 2
    const table = new Uint32Array(capacity * WORDS)
    for (const at of alive) this.#put(table, capacity, this.#table[at] ?? 0, this.#table[at + 1] ?? 0, this.#table[at + 2] ?? 0, this.#table[at + 3] ?? 0)
    this.#table = table
    this.#capacity = capacity
    this.#used = alive.length
  }
}
