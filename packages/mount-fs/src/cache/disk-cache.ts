/**
 * Contents of committed files on the local disk: shared by all mounts of the machine's user, kept over restarts, and
 * never needed. What is damaged counts as missing, and when the disk is full or broken, nothing is kept for a while.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'

import { type CacheDirectory, openCacheDirectory } from './cache-directory.js'
import { type CacheFiles, localFiles } from './cache-files.js'
import { contentCount, headLength, isIntact, packEntries, packHead } from './pack-format.js'
import { SmallFilePacks } from './small-file-packs.js'
import { trim } from './trim.js'

/** Blocks of large files have this length; the last one of a file is shorter. */
export const BLOCK_BYTES = 1024 * 1024

/** Where the bytes of a block begin in its buffer: before them is room for the table. */
export const BLOCK_START = headLength(1)
/** What a buffer for a block has to have: room for the table, the block, and a byte too many. */
export const BLOCK_BUFFER_BYTES = BLOCK_START + BLOCK_BYTES + 1

/** How the cache is kept. */
export interface DiskCacheOptions {
  /** A directory of its own; made if need be, with mode 0700. */
  readonly directory: string
  /** Limit in bytes. What was used longest ago goes first. */
  readonly maxBytes: number
  /** This part of the disk stays free, whatever the limit says. Default 0.05. */
  readonly keepFree?: number
  /** Called with a sentence when something cannot be kept; at most once in ten minutes. */
  readonly onProblem?: (sentence: string, error: unknown) => void
  /** The disk. */
  readonly files?: CacheFiles
}

/** More than this is not held in memory for a slow disk: it is not kept then. */
const MAX_PENDING_BYTES = 32 * BLOCK_BYTES
const PAUSE_MS = 10_000
const REPORT_MS = 600_000
/** That a block was used is written down at most this often. */
const TOUCH_MS = 60_000
const MAX_TOUCHED = 20_000
/** The free space is looked at again after so many bytes. */
const LOOK_BYTES = 16 * BLOCK_BYTES

/** A cache. Its reading and writing never reject. */
export class DiskCache {
  readonly maxBytes: number
  readonly #directory: CacheDirectory
  readonly #files: CacheFiles
  readonly #keepFree: number
  readonly #onProblem: (sentence: string, error: unknown) => void
  readonly #packs: SmallFilePacks
  readonly #loaded: Promise<void>
  readonly #pending = new Set<Promise<unknown>>()
  #pendingBytes = 0
  #sizeBytes = 0
  #unlookedBytes = LOOK_BYTES
  #trimming: Promise<void> | undefined
  #pausedUntilMs = 0
  #quietUntilMs = 0
  readonly #touchedMs = new Map<string, number>()

  private constructor(directory: CacheDirectory, { maxBytes, keepFree = 0.05, onProblem = () => undefined, files = localFiles }: DiskCacheOptions) {
    this.maxBytes = maxBytes
    this.#directory = directory
    this.#files = files
    this.#keepFree = keepFree
    this.#onProblem = onProblem
    this.#packs = new SmallFilePacks(directory.packs, files, (path, bytes) => this.#write(path, bytes))
    this.#loaded = this.#packs.load().catch((error: unknown) => this.#pause(error))
    this.#startTrimming()
  }

  /**
   * Opens the cache of a directory. Several processes may share one: each counts what it writes and looks at all of it
   * when that comes to the limit. Throws FsError when the directory cannot be used; the message says why.
   */
  static async open(options: DiskCacheOptions): Promise<DiskCache> {
    return new DiskCache(await openCacheDirectory(options.directory), options)
  }

  /** How many bytes are kept, as far as this process knows. */
  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /**
   * Block `index` of a content, `length` bytes of it, read into `buffer`, which has BLOCK_BUFFER_BYTES and is the caller's
   * again when this resolves; undefined when the block is not there.
   */
  async block(content: string, index: number, length: number, buffer: Buffer): Promise<Uint8Array | undefined> {
    const key = keyOf(content, index)
    const path = this.#blockPath(key)
    const whole = BLOCK_START + length
    let bytes: Buffer
    try {
      // A byte more than there should be, so that a longer file is noticed.
      bytes = buffer.subarray(0, await this.#files.read(path, buffer.subarray(0, whole + 1)))
    } catch (error) {
      if (!isMissing(error)) this.#pause(error)
      return undefined
    }
    const [entry] = contentCount(bytes) === 1 ? (packEntries(bytes) ?? []) : []
    const kept = bytes.subarray(BLOCK_START)
    if (entry && bytes.byteLength === whole && entry.key.equals(key) && isIntact(entry, kept)) {
      this.#touch(path)
      return kept
    }
    await this.#files.remove(path).catch(() => undefined)
    return undefined
  }

  /** Whether a block seems to be there. */
  hasBlock(content: string, index: number): Promise<boolean> {
    return this.#files.has(this.#blockPath(keyOf(content, index)))
  }

  /**
   * Keeps a block: `length` bytes that stand in `buffer` from BLOCK_START on. The buffer is the caller's again when this
   * resolves: the block is written then, or given up.
   */
  async putBlock(content: string, index: number, buffer: Buffer, length: number): Promise<void> {
    const key = keyOf(content, index)
    const { head } = packHead([{ key, bytes: buffer.subarray(BLOCK_START, BLOCK_START + length) }])
    buffer.set(head)
    await this.#write(this.#blockPath(key), buffer.subarray(0, BLOCK_START + length))
  }

  /** A small content; undefined when it is not there. */
  async small(content: string): Promise<Uint8Array | undefined> {
    await this.#loaded
    return this.#packs.get(keyOf(content))
  }

  /** Keeps a small content that nobody changes any more. */
  putSmall(content: string, bytes: Uint8Array): void {
    if (Date.now() >= this.#pausedUntilMs) this.#packs.put(keyOf(content), bytes)
  }

  /** Resolves when everything that was given is on disk, and the limit is kept. */
  async flush(): Promise<void> {
    await this.#packs.flush()
    while (this.#pending.size > 0) await Promise.all(this.#pending)
    while (this.#trimming) await this.#trimming
  }

  /** Writes what is still in memory. Closing twice is fine. */
  async close(): Promise<void> {
    await this.#loaded
    await this.flush()
    await this.#packs.close()
  }

  #blockPath(key: Buffer): string {
    const name = key.toString('hex')
    return join(this.#directory.blocks, name.slice(0, 2), name)
  }

  #touch(path: string): void {
    const now = Date.now()
    if (now - (this.#touchedMs.get(path) ?? 0) < TOUCH_MS) return
    if (this.#touchedMs.size >= MAX_TOUCHED) this.#touchedMs.clear()
    this.#touchedMs.set(path, now)
    this.#files.touch(path).catch(() => undefined)
  }

  async #write(path: string, content: Uint8Array): Promise<boolean> {
    const bytes = content.byteLength
    if (Date.now() < this.#pausedUntilMs || this.#pendingBytes + bytes > MAX_PENDING_BYTES || bytes > this.maxBytes) return false
    this.#pendingBytes += bytes
    const writing = this.#files.write(path, this.#directory.scratch, content)
    const done = writing.catch(() => undefined)
    this.#pending.add(done)
    try {
      await writing
      this.#sizeBytes += bytes
      this.#unlookedBytes += bytes
      if (this.#sizeBytes > this.maxBytes || this.#unlookedBytes > LOOK_BYTES) this.#startTrimming()
      return true
    } catch (error) {
      this.#pause(error)
      this.#startTrimming()
      return false
    } finally {
      this.#pendingBytes -= bytes
      this.#pending.delete(done)
    }
  }

  #startTrimming(): void {
    this.#trimming ??= this.#trim()
      .catch((error: unknown) => this.#pause(error))
      .finally(() => {
        this.#trimming = undefined
        // More may have been written while it looked.
        if (this.#sizeBytes > this.maxBytes && Date.now() >= this.#pausedUntilMs) this.#startTrimming()
      })
  }

  async #trim(): Promise<void> {
    const isOverLimit = this.#sizeBytes > this.maxBytes || this.#sizeBytes === 0
    this.#unlookedBytes = 0
    const { freeBytes, sizeBytes } = await this.#files.disk(this.#directory.root)
    const missingBytes = Math.ceil(sizeBytes * this.#keepFree) - freeBytes
    if (!isOverLimit && missingBytes <= 0) return
    const before = this.#sizeBytes
    const { keptBytes, freedBytes } = await trim(this.#files, [this.#directory.blocks, this.#directory.packs], {
      maxBytes: this.maxBytes,
      freeBytes: Math.max(0, missingBytes),
      removed: path => this.#packs.forget(path),
    })
    // What was written meanwhile may have been seen or not; counting it twice only brings the next look forward.
    this.#sizeBytes = keptBytes + (this.#sizeBytes - before)
    if (missingBytes > freedBytes) this.#pause(new Error(`less than ${Math.round(this.#keepFree * 100)} % of the disk is free`))
  }

  #pause(error: unknown): void {
    const now = Date.now()
    if (now < this.#pausedUntilMs) return
    this.#pausedUntilMs = now + PAUSE_MS
    if (now < this.#quietUntilMs) return
    this.#quietUntilMs = now + REPORT_MS
    this.#onProblem(`nothing is kept in the cache ${this.#directory.root} for ${PAUSE_MS / 1000} s: ${error instanceof Error ? error.message : String(error)}`, error)
  }
}

function keyOf(content: string, index?: number): Buffer {
  return createHash('sha256').update(index === undefined ? content : `${content}#${index}`).digest()
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
