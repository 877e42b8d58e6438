/** Blocks of large files that were just read from the disk cache, and whether one is missing there. */
import { BLOCK_BYTES, type DiskCache } from '../cache/disk-cache.js'

const MAX_MISSING = 100_000

/** The blocks of all files of one pachd; each is read and checked once while it is in use. */
export class BlockMemory {
  readonly #cache: DiskCache
  readonly #maxBlocks: number
  readonly #blocks = new Map<string, Promise<Uint8Array | undefined>>()
  readonly #missing = new Set<string>()

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

  /** A block of `sizeBytes` of content; undefined when it is not kept. */
  get(content: string, index: number, sizeBytes: number): Promise<Uint8Array | undefined> {
    const key = `${content}#${index}`
    if (this.#missing.has(key)) return Promise.resolve(undefined)
    const known = this.#blocks.get(key)
    if (known) {
      this.#blocks.delete(key)
      this.#blocks.set(key, known)
      return known
    }
    const coming = this.#cache.block(content, index, Math.min(BLOCK_BYTES, sizeBytes - index * BLOCK_BYTES))
    this.#blocks.set(key, coming)
    void coming.then(block => {
      if (block) return
      if (this.#blocks.get(key) === coming) this.#blocks.delete(key)
      this.#missing.add(key)
      if (this.#missing.size > MAX_MISSING) this.#missing.clear()
    })
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= this.#maxBlocks) break
      this.#blocks.delete(oldest)
    }
    return coming
  }

  /** Keeps a block. Resolves when it is written or given up. */
  async put(content: string, index: number, pieces: readonly Uint8Array[]): Promise<void> {
    const key = `${content}#${index}`
    await this.#cache.putBlock(content, index, pieces)
    this.#missing.delete(key)
  }
}
