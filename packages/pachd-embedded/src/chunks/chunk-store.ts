/** Chunks of bytes under their hash: each is kept once, checked when it is read, and found through an index row. */
import { ModelError } from '../model-error.js'
import { ByteReader, ByteWriter } from '../store/binary.js'
import type { Rows, Store, WritableRows } from '../store/store.js'
import { HashSet } from './hash-set.js'
import { checksum } from './hashes.js'
import type { PackFiles, PackLocation } from './pack-files.js'

/** Where a chunk is, and what its bytes must add up to. */
export interface ChunkLocation extends PackLocation {
  readonly checksum: number
}

const PREFIX = Buffer.from('k')
/** The range of all index rows. */
export const CHUNK_ROWS = { start: PREFIX, end: Buffer.from('l') }

/** The index row of a chunk. */
export const chunkRow = (hash: Uint8Array): Buffer => Buffer.concat([PREFIX, hash])
/** The hash in the key of an index row. */
export const hashOfChunkRow = (key: Uint8Array): Buffer => Buffer.from(key.subarray(PREFIX.length))

/** Reads the value of an index row. */
export function readChunkLocation(value: Uint8Array): ChunkLocation {
  const reader = new ByteReader(value)
  return { pack: reader.varint(), offset: reader.varint(), length: reader.varint(), checksum: reader.varint() }
}

/** Writes the value of an index row. */
export const writeChunkLocation = ({ pack, offset, length, checksum }: ChunkLocation): Buffer =>
  new ByteWriter(24).varint(pack).varint(offset).varint(length).varint(checksum).finish()

/** So many index rows go into one write, in the order of their keys, so that it changes a part of the index and holds little memory. */
const ROWS_PER_WRITE = 10_000

const name = (hash: Uint8Array): string => Buffer.from(hash.buffer, hash.byteOffset, hash.byteLength).toString('latin1')

/** The chunks of one data directory. */
export class ChunkStore {
  /** What sessions refer to while a collection is under way. */
  private touched: HashSet | undefined
  private readonly sessions = new Map<ChunkSession, number>()

  constructor(
    private readonly store: Store,
    readonly packs: PackFiles,
  ) {}

  /** Starts adding chunks. The caller closes the session after the commit that refers to them, or without one. */
  openSession(): ChunkSession {
    const session = new ChunkSession(this.store, this)
    this.sessions.set(session, this.packs.nextPossibleId)
    return session
  }

  endSession(session: ChunkSession): void {
    this.sessions.delete(session)
  }

  /** Packs from this one on may hold chunks that no row leads to yet. */
  lowestPackInUse(): number {
    return Math.min(this.packs.nextPossibleId, ...this.sessions.values())
  }

  locate(hash: Uint8Array, rows: Rows = this.store.rows): ChunkLocation | undefined {
    const row = rows.get(chunkRow(hash))
    return row && readChunkLocation(row)
  }

  /** Reads a chunk. `owner` names the file for the error: DATA_LOSS when the bytes are gone or not what was written. */
  async read(hash: Uint8Array, owner: string): Promise<Buffer> {
    for (let attempt = 0; ; attempt++) {
      const location = this.locate(hash)
      if (!location) throw damaged(owner, 'a chunk is missing from the index')
      try {
        return check(await this.packs.read(location), location, owner)
      } catch (error) {
        // A collection may have moved the chunk between the look-up and the read.
        const moved = error instanceof Error && 'code' in error && error.code === 'ENOENT' && attempt < 3
        if (moved) continue
        throw error instanceof ModelError ? error : damaged(owner, 'a pack file cannot be read', error)
      }
    }
  }

  touch(hash: Uint8Array): void {
    this.touched?.add(hash)
  }

  /**
   * From now until `endCollection`, every chunk that a session refers to counts as used.
   * Resolves when the sessions that are open now are closed, since nobody noted what they refer to.
   */
  async beginCollection(): Promise<void> {
    this.touched = new HashSet()
    await Promise.all(Array.from(this.sessions.keys(), session => session.closed))
  }

  endCollection(): void {
    this.touched = undefined
  }

  isTouched(hash: Uint8Array): boolean {
    return this.touched?.has(hash) ?? true
  }
}

function damaged(owner: string, what: string, cause?: unknown): ModelError {
  return new ModelError('DATA_LOSS', `${owner}: its stored bytes are damaged (${what}); run \`pachd-embedded fsck\``, { cause })
}

/** The bytes, if they are what was written. */
export function check(bytes: Buffer, location: ChunkLocation, owner: string): Buffer {
  if (bytes.length !== location.length) throw damaged(owner, 'a pack file ends too early')
  if (checksum(bytes) !== location.checksum) throw damaged(owner, 'a checksum does not fit')
  return bytes
}

/** Chunks being added by one stream. Its chunks are found by itself at once, by others after `flush`. */
export class ChunkSession {
  private readonly pending = new Map<string, ChunkLocation>()
  private resolveClosed: () => void = () => undefined
  /** Resolves when the session is closed. */
  readonly closed = new Promise<void>(resolve => {
    this.resolveClosed = resolve
  })

  constructor(
    private readonly store: Store,
    private readonly chunks: ChunkStore,
  ) {}

  /** How many chunks wait for a flush. */
  get pendingCount(): number {
    return this.pending.size
  }

  /** Adds a chunk unless it is there; the caller must not change the bytes any more. */
  add(hash: Uint8Array, parts: readonly Uint8Array[], length: number): void {
    this.keep(hash)
    const key = name(hash)
    if (this.pending.has(key) || this.chunks.locate(hash)) return
    const location = this.chunks.packs.append(parts, length)
    this.pending.set(key, { ...location, checksum: checksum(...parts) })
  }

  /** Keeps a chunk from being collected until the session is closed. */
  keep(hash: Uint8Array): void {
    this.chunks.touch(hash)
  }

  async read(hash: Uint8Array, owner: string): Promise<Buffer> {
    const location = this.pending.get(name(hash))
    if (!location) return this.chunks.read(hash, owner)
    await this.chunks.packs.flush()
    return check(await this.chunks.packs.read(location), location, owner)
  }

  /** Waits while more bytes are queued than the disk has taken. */
  room(): Promise<void> {
    return this.chunks.packs.room()
  }

  /** Makes the bytes durable, then lets others find the chunks. */
  async flush(): Promise<void> {
    if (this.pending.size === 0) return
    const keys = [...this.pending.keys()].sort((a, b) => (a < b ? -1 : 1))
    await this.chunks.packs.sync()
    for (let at = 0; at < keys.length; at += ROWS_PER_WRITE) {
      const part = keys.slice(at, at + ROWS_PER_WRITE)
      await this.store.write(rows => {
        for (const key of part) this.put(rows, key)
      })
      for (const key of part) this.pending.delete(key)
    }
  }

  private put(rows: WritableRows, key: string): void {
    const row = chunkRow(Buffer.from(key, 'latin1'))
    const location = this.pending.get(key)
    // Another stream may have brought the same bytes in the meantime; its location stays.
    if (location && !rows.get(row)) rows.put(row, writeChunkLocation(location))
  }

  close(): void {
    this.chunks.endSession(this)
    this.resolveClosed()
  }
}
