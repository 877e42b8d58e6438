/** Blocks of large files that were just read from the disk cache, and whether one is missing there. */
import { BLOCK_BUFFER_BYTES, BLOCK_BYTES, type DiskCache } from '../cache/disk-cache.js'

const MAX_MISSING = 100_000
/** So many blocks may be under way from pachd to the disk. */
const MAX_LENT = 24

interface Held {
  readonly coming: Promise<Uint8Array | undefined>
  readonly buffer: Buffer
}

/**
 * The blocks of all files of one pachd; each is read and checked once while it is in use. They share a few buffers:
 * new ones for each block would make the garbage collector the largest part of the work.
 */
export class BlockMemory {
  readonly #cache: DiskCache
  readonly #maxBlocks: number
  readonly #blocks = new Map<string, Held>()
  readonly #missing = new Set<string>()
  readonly #free: Buffer[] = []
  #lent = 0

  constructor(cache: DiskCache, maxBlocks: number) {
    this.#cache = cache
    this.#maxBlocks = maxBlocks
  }

  /** The largest file that is worth keeping as a whole, in bytes. */
  get maxFileBytes(): number {
    return this.#cache.maxBytes / 2
  }

  /** Whether a block is known to be missing. */
  isMissing(content: string, index: number): boolean {
    return this.#missing.has(`${content}#${index}`)
  }

  /**
   * A block of a content of `sizeBytes`; undefined when it is not kept. The bytes are lent until whoever awaits this has
   * let other work run: they have to be used or copied before the next await.
   */
  get(content: string, index: number, sizeBytes: number): Promise<Uint8Array | undefined> {
    const key = `${content}#${index}`
    if (this.#missing.has(key)) return Promise.resolve(undefined)
    const known = this.#blocks.get(key)
    if (known) {
      this.#blocks.delete(key)
      this.#blocks.set(key, known)
      return known.coming
    }
    const buffer = this.#free.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BUFFER_BYTES)
    const held = { buffer, coming: this.#cache.block(content, index, Math.min(BLOCK_BYTES, sizeBytes - index * BLOCK_BYTES), buffer) }
    this.#blocks.set(key, held)
    void held.coming.then(block => {
      if (block) return
      if (this.#blocks.get(key) === held) this.#drop(key, held)
      this.#noteMissing(key)
    })
    for (const [oldest, block] of this.#blocks) {
      if (this.#blocks.size <= this.#maxBlocks) break
      this.#drop(oldest, block)
    }
    return held.coming
  }

  /** Finds out whether a block is missing, so that it is known when the block is needed. */
  async probe(content: string, index: number): Promise<void> {
    const key = `${content}#${index}`
    if (this.#missing.has(key) || this.#blocks.has(key)) return
    if (!(await this.#cache.hasBlock(content, index))) this.#noteMissing(key)
  }

  /** A buffer to collect a block in; undefined when so many are under way that the disk does not keep up. */
  lend(): Buffer | undefined {
    if (this.#lent >= MAX_LENT) return undefined
    this.#lent++
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BUFFER_BYTES)
  }

  /** Takes back a buffer that was lent. */
  giveBack(buffer: Buffer): void {
    this.#lent--
    this.#recycle(buffer)
  }

  /** Keeps a block of `length` bytes in a buffer that was lent. Resolves when it is written or given up, and the buffer taken back. */
  async put(content: string, index: number, buffer: Buffer, length: number): Promise<void> {
    await this.#cache.putBlock(content, index, buffer, length)
    this.#missing.delete(`${content}#${index}`)
    this.giveBack(buffer)
  }

  #noteMissing(key: string): void {
    if (this.#missing.size >= MAX_MISSING) this.#missing.clear()
    this.#missing.add(key)
  }

  #recycle(buffer: Buffer): void {
    if (this.#free.length < this.#maxBlocks) this.#free.push(buffer)
  }

  #drop(key: string, { coming, buffer }: Held): void {
    this.#blocks.delete(key)
    // Whoever waits for the block goes on before the event loop turns.
    void coming.then(() => setImmediate(() => this.#recycle(buffer)))
  }
}
