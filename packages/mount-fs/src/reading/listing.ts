/** The names of one directory with sizes, times and hashes, in about 65 bytes each instead of a heap object. */
import { type Attributes, directoryAttributes } from '../attributes.js'
import { firstPosition, type SortedNames } from './sorted-names.js'

/** Length of the hashes that pachd gives contents. */
const HASH_BYTES = 32
const FILE = 0
const DIRECTORY = 1
/** A file that a directory of the same name covers. */
const COVERED = 2

/** What is put into a listing. */
export interface ListedNode {
  readonly name: string
  readonly isDirectory: boolean
  readonly sizeBytes: number
  readonly modifiedMs: number
  /** pachd's hash of the content; another length than 32 bytes counts as none. */
  readonly hash: Uint8Array
}

/** How a node is shown. */
export function attributesOf({ isDirectory, sizeBytes, modifiedMs }: Pick<ListedNode, 'isDirectory' | 'sizeBytes' | 'modifiedMs'>): Attributes {
  return isDirectory ? directoryAttributes(modifiedMs) : { kind: 'file', sizeBytes, mode: undefined, modifiedMs }
}

interface Columns {
  readonly names: Buffer
  /** Where each name ends in `names`. */
  readonly ends: Uint32Array
  readonly sizes: Float64Array
  readonly times: Float64Array
  readonly kinds: Uint8Array
  readonly hashes: Buffer
}

/** The names of a directory in the order in which pachd sent them. */
export class Listing {
  readonly #columns: Columns
  /** Row numbers in byte order of the names; undefined when the rows are in that order. */
  readonly #order: Uint32Array | undefined

  constructor(columns: Columns, order: Uint32Array | undefined) {
    this.#columns = columns
    this.#order = order
  }

  /** How many rows there are. */
  get size(): number {
    return this.#columns.ends.length
  }

  /** What the listing takes in memory, in bytes. */
  get memoryBytes(): number {
    const { names, ends, sizes, times, kinds, hashes } = this.#columns
    return names.byteLength + ends.byteLength + sizes.byteLength + times.byteLength + kinds.byteLength + hashes.byteLength + (this.#order?.byteLength ?? 0)
  }

  /** The attributes of a name; undefined when it is not there. */
  get(name: string): Attributes | undefined {
    const row = this.#row(name)
    return row === undefined ? undefined : this.#attributes(row)
  }

  /** pachd's hash of the content of a file; undefined when there is none. */
  hashOf(name: string): Uint8Array | undefined {
    const row = this.#row(name)
    if (row === undefined || this.#columns.kinds[row] !== FILE) return undefined
    const hash = this.#columns.hashes.subarray(row * HASH_BYTES, (row + 1) * HASH_BYTES)
    return hash.every(byte => byte === 0) ? undefined : hash
  }

  /** Names and attributes, in pachd's order. */
  [Symbol.iterator](): Generator<[string, Attributes], void, undefined> {
    return this.#rows(0)
  }

  /** The same from a name on. */
  from(name: string): Generator<[string, Attributes], void, undefined> {
    return this.#rows(this.#row(name) ?? this.size)
  }

  /** The names in byte order; of a file and a directory with one name the directory. */
  get sorted(): SortedNames {
    return {
      size: this.#sortedCount,
      nameAt: position => this.#name(this.#rowAt(position)),
      attributesOf: name => this.get(name),
      behind: name => {
        const wanted = Buffer.from(name)
        return firstPosition(this.#sortedCount, position => this.#compare(wanted, position) < 0)
      },
    }
  }

  *#rows(first: number): Generator<[string, Attributes], void, undefined> {
    const { kinds } = this.#columns
    for (let row = first; row < this.size; row++) {
      if (kinds[row] !== COVERED) yield [this.#name(row), this.#attributes(row)]
    }
  }

  #name(row: number): string {
    const { names, ends } = this.#columns
    return names.toString('utf8', ends[row - 1] ?? 0, ends[row])
  }

  #attributes(row: number): Attributes {
    const { kinds, sizes, times } = this.#columns
    return attributesOf({ isDirectory: kinds[row] === DIRECTORY, sizeBytes: sizes[row] ?? 0, modifiedMs: times[row] ?? 0 })
  }

  #row(name: string): number | undefined {
    const wanted = Buffer.from(name)
    const position = firstPosition(this.#sortedCount, at => this.#compare(wanted, at) <= 0)
    return position < this.#sortedCount && this.#compare(wanted, position) === 0 ? this.#rowAt(position) : undefined
  }

  get #sortedCount(): number {
    return this.#order?.length ?? this.size
  }

  #rowAt(position: number): number {
    return this.#order?.[position] ?? position
  }

  /** Below 0 where `wanted` comes before the name at a position in byte order. */
  #compare(wanted: Buffer, position: number): number {
    const row = this.#rowAt(position)
    return wanted.compare(this.#columns.names, this.#columns.ends[row - 1] ?? 0, this.#columns.ends[row])
  }
}

/** Collects a listing row by row. */
export class ListingBuilder {
  #names = Buffer.alloc(256)
  #ends = new Uint32Array(8)
  #sizes = new Float64Array(8)
  #times = new Float64Array(8)
  #kinds = new Uint8Array(8)
  #hashes = Buffer.alloc(8 * HASH_BYTES)
  #count = 0
  #nameBytes = 0
  #isSorted = true

  /** How many bytes the rows take so far. */
  get memoryBytes(): number {
    return this.#names.byteLength + this.#ends.byteLength * 5 + this.#kinds.byteLength + this.#hashes.byteLength
  }

  /** Adds a row. */
  add({ name, isDirectory, sizeBytes, modifiedMs, hash }: ListedNode): void {
    const start = this.#nameBytes
    const length = Buffer.byteLength(name)
    this.#makeRoom(start + length)
    this.#names.write(name, start)
    const row = this.#count++
    const previous = row === 0 ? 0 : (this.#ends[row - 2] ?? 0)
    this.#isSorted &&= row === 0 || this.#names.compare(this.#names, previous, start, start, start + length) > 0
    this.#nameBytes = start + length
    this.#ends[row] = this.#nameBytes
    this.#sizes[row] = sizeBytes
    this.#times[row] = modifiedMs
    this.#kinds[row] = isDirectory ? DIRECTORY : FILE
    if (hash.byteLength === HASH_BYTES) this.#hashes.set(hash, row * HASH_BYTES)
  }

  /** The listing of all rows. Where a file and a directory have one name, the directory is shown. */
  build(): Listing {
    const columns = {
      names: Buffer.from(this.#names.subarray(0, this.#nameBytes)),
      ends: this.#ends.slice(0, this.#count),
      sizes: this.#sizes.slice(0, this.#count),
      times: this.#times.slice(0, this.#count),
      kinds: this.#kinds.slice(0, this.#count),
      hashes: Buffer.from(this.#hashes.subarray(0, this.#count * HASH_BYTES)),
    }
    return new Listing(columns, this.#isSorted ? undefined : uniqueOrder(columns))
  }

  #makeRoom(nameBytes: number): void {
    if (nameBytes > this.#names.byteLength) this.#names = Buffer.concat([this.#names], Math.max(nameBytes, this.#names.byteLength * 2))
    const capacity = this.#ends.length
    if (this.#count < capacity) return
    this.#ends = grown(this.#ends, new Uint32Array(capacity * 2))
    this.#sizes = grown(this.#sizes, new Float64Array(capacity * 2))
    this.#times = grown(this.#times, new Float64Array(capacity * 2))
    this.#kinds = grown(this.#kinds, new Uint8Array(capacity * 2))
    this.#hashes = Buffer.concat([this.#hashes], capacity * 2 * HASH_BYTES)
  }
}

function grown<T extends Uint32Array | Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from)
  return to
}

/** The rows in byte order of their names, each name once; the others are marked as covered. */
function uniqueOrder({ names, ends, kinds }: Columns): Uint32Array {
  const compare = (a: number, b: number) => names.compare(names, ends[b - 1] ?? 0, ends[b], ends[a - 1] ?? 0, ends[a])
  const sorted = Uint32Array.from(ends.keys()).sort((a, b) => compare(a, b) || a - b)
  let kept = 0
  for (const row of sorted) {
    const before = kept === 0 ? undefined : sorted[kept - 1]
    if (before === undefined || compare(before, row) !== 0) sorted[kept++] = row
    else if (kinds[row] === DIRECTORY && kinds[before] !== DIRECTORY) {
      kinds[before] = COVERED
      sorted[kept - 1] = row
    } else kinds[row] = COVERED
  }
  return sorted.slice(0, kept)
}
