/** A file that is read all over is fetched once as a whole into the disk cache, which is cheaper than many small parts. */
import { BLOCK_BYTES } from '../cache/disk-cache.js'
import { cutIntoBlocks } from './block-cutter.js'
import type { BlockMemory } from './block-memory.js'
import type { OpenBytes } from './file-stream.js'

/** So many blocks may wait for the disk before no more is fetched. */
const BLOCKS_AHEAD = 4

/** One transfer from the start of a file to its end. */
export class WholeFetch {
  readonly #abort = new AbortController()
  #position = 0
  #isOver = false
  #waiting: (() => void)[] = []

  /** Starts it. `content` is its name in the cache. */
  constructor(openBytes: OpenBytes, sizeBytes: number, content: string, blocks: BlockMemory) {
    void this.#run(openBytes, sizeBytes, content, blocks)
  }

  /** Up to where the file is kept, in bytes. */
  get position(): number {
    return this.#position
  }

  /** Resolves when the file is kept up to `offset`, or to false when it will not be. */
  async until(offset: number): Promise<boolean> {
    while (this.#position < offset && !this.#isOver) await new Promise<void>(resolve => this.#waiting.push(resolve))
    return this.#position >= offset
  }

  /** Ends it; stopping twice is fine. */
  stop(): void {
    this.#abort.abort()
    this.#end()
  }

  async #run(openBytes: OpenBytes, sizeBytes: number, content: string, blocks: BlockMemory): Promise<void> {
    const keeping: Promise<void>[] = []
    const keep = async (index: number, buffer: Buffer, length: number) => {
      await blocks.put(content, index, buffer, length)
      this.#advance(index * BLOCK_BYTES + length)
    }
    const keeper = { lend: () => blocks.lend(), giveBack: (buffer: Buffer) => blocks.giveBack(buffer), keep: (...block: [number, Buffer, number]) => void keeping.push(keep(...block)) }
    try {
      const pieces = cutIntoBlocks(openBytes(0, this.#abort.signal), 0, sizeBytes, keeper)
      while (!(await pieces.next()).done) {
        while (keeping.length > BLOCKS_AHEAD) await keeping.shift()
        if (this.#abort.signal.aborted) break
      }
      await pieces.return()
      await Promise.all(keeping)
    } catch {
      // Whoever waits reads its part by itself and reports what is wrong.
    } finally {
      this.#end()
    }
  }

  #advance(position: number): void {
    this.#position = Math.max(this.#position, position)
    this.#wake()
  }

  #end(): void {
    this.#isOver = true
    this.#wake()
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const wake of waiting) wake()
  }
}
