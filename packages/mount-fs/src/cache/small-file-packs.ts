/** Small contents, packed: written some thousand at a time, found by an index in memory that is built from the packs. */
import { randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'

import type { CacheFiles } from './cache-files.js'
import { contentCount, headLength, isIntact, packEntries, type PackEntry, packHead, PREAMBLE_BYTES } from './pack-format.js'
import { PackIndex } from './pack-index.js'

/** A pack is written when so much has come together, or nothing more comes for a while. */
const PACK_BYTES = 8 * 1024 * 1024
const PACK_ENTRIES = 4000
const QUIET_MS = 1000
const MAX_OPEN_PACKS = 16
/** That a pack was used is written down at most this often. */
const TOUCH_MS = 60_000

interface OpenPack {
  readonly file: FileHandle
  readonly entries: readonly PackEntry[]
}

interface Pack {
  readonly path: string
  touchedMs: number
  opening: Promise<OpenPack | undefined> | undefined
  readers: number
}

/** How the packs write: resolves to whether the file is there. */
export type WritePack = (path: string, bytes: Uint8Array) => Promise<boolean>

/** The packs of one cache directory. */
export class SmallFilePacks {
  readonly #directory: string
  readonly #files: CacheFiles
  readonly #write: WritePack
  readonly #packs = new Map<number, Pack>()
  readonly #numbers = new Map<string, number>()
  readonly #index = new PackIndex(pack => this.#packs.has(pack))
  readonly #open = new Set<Pack>()
  #lastNumber = 0
  #waiting = new Map<string, { readonly key: Buffer; readonly bytes: Uint8Array }>()
  #waitingBytes = 0
  #writing = new Map<string, { readonly key: Buffer; readonly bytes: Uint8Array }>()
  #flushing: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined

  constructor(directory: string, files: CacheFiles, write: WritePack) {
    this.#directory = directory
    this.#files = files
    this.#write = write
  }

  /** Learns what the packs of the directory hold that are not known yet; damaged ones are removed. */
  async load(): Promise<void> {
    for (const { path } of await this.#files.list(this.#directory)) {
      if (this.#numbers.has(path)) continue
      const entries = await this.#entriesOf(path)
      if (entries) this.#add(path, entries)
      else await this.#files.remove(path)
    }
  }

  /** The content under `key`; undefined when it is not there or damaged. */
  async get(key: Buffer): Promise<Uint8Array | undefined> {
    const name = key.toString('latin1')
    const fresh = this.#waiting.get(name) ?? this.#writing.get(name)
    if (fresh) return fresh.bytes
    const place = this.#index.get(key)
    const pack = place && this.#packs.get(place.pack)
    return pack && this.#read(pack, place.row, key)
  }

  /** Keeps a content that nobody changes any more. */
  put(key: Buffer, bytes: Uint8Array): void {
    const name = key.toString('latin1')
    if (this.#waiting.has(name) || this.#writing.has(name) || this.#index.get(key)) return
    this.#waiting.set(name, { key, bytes })
    this.#waitingBytes += bytes.byteLength
    if (this.#waitingBytes >= PACK_BYTES || this.#waiting.size >= PACK_ENTRIES) void this.flush()
    else this.#timer = this.#timer?.refresh() ?? setTimeout(() => void this.flush(), QUIET_MS).unref()
  }

  /** Writes what waits. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#flush())
    return this.#flushing
  }

  /** Forgets a pack whose file was removed. */
  forget(path: string): void {
    const number = this.#numbers.get(path)
    if (number === undefined) return
    const pack = this.#packs.get(number)
    this.#numbers.delete(path)
    this.#packs.delete(number)
    if (pack) this.#close(pack)
  }

  /** Writes what waits and lets go of all files. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.flush()
    for (const pack of [...this.#open]) this.#close(pack)
  }

  async #flush(): Promise<void> {
    if (this.#waiting.size === 0) return
    this.#writing = this.#waiting
    this.#waiting = new Map()
    this.#waitingBytes = 0
    const contents = [...this.#writing.values()]
    const { head, entries } = packHead(contents)
    const path = join(this.#directory, randomBytes(16).toString('hex'))
    if (await this.#write(path, Buffer.concat([head, ...contents.map(({ bytes }) => bytes)]))) this.#add(path, entries)
    this.#writing = new Map()
  }

  #add(path: string, entries: readonly PackEntry[]): void {
    if (this.#numbers.has(path)) return
    const number = ++this.#lastNumber
    this.#packs.set(number, { path, touchedMs: Date.now(), opening: undefined, readers: 0 })
    this.#numbers.set(path, number)
    for (const [row, { key }] of entries.entries()) this.#index.set(key, { pack: number, row })
  }

  async #entriesOf(path: string): Promise<PackEntry[] | undefined> {
    try {
      const file = await this.#files.open(path)
      try {
        return await readEntries(file)
      } finally {
        await file.close()
      }
    } catch {
      return undefined
    }
  }

  async #read(pack: Pack, row: number, key: Buffer): Promise<Uint8Array | undefined> {
    pack.readers++
    try {
      const open = await (pack.opening ??= this.#openPack(pack))
      const entry = open?.entries[row]
      if (!open || !entry) return undefined
      // Another content whose key begins the same way.
      if (!entry.key.equals(key)) return undefined
      const { bytesRead, buffer } = await open.file.read(Buffer.allocUnsafeSlow(entry.length), 0, entry.length, entry.offset)
      const bytes = buffer.subarray(0, bytesRead)
      if (!isIntact(entry, bytes)) throw new RangeError('damaged')
      if (Date.now() - pack.touchedMs > TOUCH_MS) {
        pack.touchedMs = Date.now()
        this.#files.touch(pack.path).catch(() => undefined)
      }
      return bytes
    } catch {
      await this.#files.remove(pack.path).catch(() => undefined)
      this.forget(pack.path)
      return undefined
    } finally {
      pack.readers--
    }
  }

  async #openPack(pack: Pack): Promise<OpenPack | undefined> {
    for (const other of this.#open) {
      if (this.#open.size < MAX_OPEN_PACKS) break
      if (other.readers === 0) this.#close(other)
    }
    this.#open.add(pack)
    const file = await this.#files.open(pack.path)
    const entries = await readEntries(file).catch(() => undefined)
    if (entries) return { file, entries }
    await file.close()
    throw new RangeError('damaged')
  }

  #close(pack: Pack): void {
    const { opening } = pack
    this.#open.delete(pack)
    pack.opening = undefined
    opening?.then(open => open?.file.close()).catch(() => undefined)
  }
}

async function readEntries(file: FileHandle): Promise<PackEntry[] | undefined> {
  const { buffer: preamble } = await file.read(Buffer.alloc(PREAMBLE_BYTES), 0, PREAMBLE_BYTES, 0)
  const count = contentCount(preamble)
  if (count === undefined) return undefined
  const { buffer: head } = await file.read(Buffer.alloc(headLength(count)), 0, headLength(count), 0)
  const entries = packEntries(head)
  const last = entries?.at(-1)
  return last && (await file.stat()).size === last.offset + last.length ? entries : undefined
}
