/** A large file whose blocks are kept on disk: what is there is read from there, and what comes from pachd goes there. */
import { BLOCK_BYTES } from '../cache/disk-cache.js'
import type { BlockMemory } from './block-memory.js'
import { cutIntoBlocks } from './block-cutter.js'
import type { OpenBytes } from './file-stream.js'
import { LargeFile } from './large-file.js'
import { WholeFetch } from './whole-fetch.js'

/** Reads from the disk run so many blocks ahead of a reader that goes forward. */
const BLOCKS_AHEAD = 2
/** While a transfer runs, so many blocks ahead are looked for. */
const PROBED_BLOCKS = 24
/** What a transfer of a few bytes costs in any case, because pachd sends that much before it is stopped. */
const JUMP_BYTES = 8 * BLOCK_BYTES
const MIN_JUMPS = 4
/** The whole file is fetched when the jumps have cost this part of it. */
const JUMPS_PART = 0.1
/** A read further ahead of the whole fetch than this does not wait for it. */
const WORTH_WAITING_BYTES = 512 * BLOCK_BYTES

/** One file, shared by all who have it open. */
export class CachedFile {
  readonly #content: string
  readonly #sizeBytes: number
  readonly #blocks: BlockMemory
  readonly #openBytes: OpenBytes
  readonly #large: LargeFile
  #lastEnd = 0
  /** Up to which block it is known whether it is kept. */
  #probed = 0
  #whole: WholeFetch | undefined

  /** `content` is its name in the cache. */
  constructor(openBytes: OpenBytes, sizeBytes: number, content: string, blocks: BlockMemory) {
    this.#openBytes = openBytes
    this.#sizeBytes = sizeBytes
    this.#content = content
    this.#blocks = blocks
    const keeper = { lend: () => blocks.lend(), giveBack: (buffer: Buffer) => blocks.giveBack(buffer), keep: (index: number, buffer: Buffer, length: number) => void blocks.put(content, index, buffer, length) }
    this.#large = new LargeFile((offset, signal) => cutIntoBlocks(openBytes(offset, signal), offset, sizeBytes, keeper), sizeBytes)
  }

  /** How many have it open. */
  get readerCount(): number {
    return this.#large.readerCount
  }

  /** A new reader; whoever opens it closes it. The last one to close ends all transfers. */
  open(): { readonly borrow: (offset: number, length: number) => Promise<Uint8Array>; readonly close: () => void } {
    const reader = this.#large.open()
    return {
      borrow: (offset, length) => this.#read(reader.read, offset, length),
      close: () => {
        reader.close()
        if (this.readerCount > 0) return
        this.#whole?.stop()
        this.#whole = undefined
      },
    }
  }

  async #read(fromPachd: (offset: number, length: number) => Promise<Uint8Array>, offset: number, length: number): Promise<Uint8Array> {
    const end = Math.min(offset + length, this.#sizeBytes)
    if (offset >= end) return fromPachd(offset, length)
    if (this.#large.isHeld(offset, end)) {
      this.#probeAhead(offset, end)
      return fromPachd(offset, length)
    }
    const kept = await this.#fromDisk(offset, end)
    if (kept) return kept
    const whole = this.#wholeFetch()
    if (whole && end - whole.position < WORTH_WAITING_BYTES && (await whole.until(end))) {
      const fetched = await this.#fromDisk(offset, end)
      if (fetched) return fetched
    }
    return fromPachd(offset, length)
  }

  /** Lent bytes, as those of the block memory. */
  async #fromDisk(offset: number, end: number): Promise<Uint8Array | undefined> {
    const first = Math.floor(offset / BLOCK_BYTES)
    const last = Math.floor((end - 1) / BLOCK_BYTES)
    const isForward = Math.abs(offset - this.#lastEnd) <= BLOCK_BYTES
    this.#lastEnd = end
    const coming = this.#block(last)
    if (isForward && !this.#blocks.isMissing(this.#content, last)) this.#readAhead(last)
    if (first === last) return (await coming)?.subarray(offset - first * BLOCK_BYTES, end - first * BLOCK_BYTES)
    const joined = Buffer.allocUnsafe(end - offset)
    for (let index = first; index <= last; index++) {
      const block = await this.#block(index)
      if (!block) return undefined
      const start = index * BLOCK_BYTES
      joined.set(block.subarray(Math.max(0, offset - start), end - start), Math.max(0, start - offset))
    }
    return joined
  }

  #block(index: number): Promise<Uint8Array | undefined> {
    return this.#blocks.get(this.#content, index, this.#sizeBytes)
  }

  /** Looks for the next blocks while others come from pachd: the disk is busy with those then, and slow to say that it has none. */
  #probeAhead(offset: number, end: number): void {
    const first = Math.floor(offset / BLOCK_BYTES)
    this.#lastEnd = end
    const last = Math.min(first + PROBED_BLOCKS, Math.ceil(this.#sizeBytes / BLOCK_BYTES) - 1)
    if (this.#probed > last || this.#probed < first) this.#probed = first
    while (this.#probed < last) void this.#blocks.probe(this.#content, ++this.#probed)
  }

  #readAhead(last: number): void {
    const end = Math.min(last + BLOCKS_AHEAD, Math.ceil(this.#sizeBytes / BLOCK_BYTES) - 1)
    for (let index = last + 1; index <= end; index++) void this.#block(index)
  }

  /** Begins when many parts far from each other were read, if the cache can hold the file. */
  #wholeFetch(): WholeFetch | undefined {
    const jumps = Math.max(MIN_JUMPS, (this.#sizeBytes * JUMPS_PART) / JUMP_BYTES)
    if (!this.#whole && this.#large.startedCount >= jumps && this.#sizeBytes <= this.#blocks.maxFileBytes) {
      this.#whole = new WholeFetch(this.#openBytes, this.#sizeBytes, this.#content, this.#blocks)
    }
    return this.#whole
  }
}
