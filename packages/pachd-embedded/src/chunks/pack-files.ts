/** The files that hold the bytes of chunks, one chunk behind the other, only ever appended to. */
import { mkdirSync, readdirSync } from 'node:fs'
import { open, stat, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'

/** Where a chunk's bytes are. */
export interface PackLocation {
  readonly pack: number
  readonly offset: number
  readonly length: number
}

/** A pack that has grown to this size is left alone, and the next one begun. */
const PACK_BYTES = 512 * 1024 * 1024
/** A caller that appends faster than the disk takes it waits when so many bytes are queued. */
const QUEUE_BYTES = 16 * 1024 * 1024
const OPEN_FILES = 64
/** The room in front of bytes that were read. */
export const HEADROOM_BYTES = 8

const fileName = (pack: number): string => `${pack.toString().padStart(8, '0')}.pack`

interface ActivePack {
  readonly id: number
  readonly file: Promise<FileHandle>
  size: number
}

/** The pack files of one folder. A process never appends to a pack of an earlier process, so a torn end harms nobody. */
export class PackFiles {
  private active: ActivePack | undefined
  private nextId: number
  private queue: Uint8Array[] = []
  private queuedBytes = 0
  private writing: Promise<void> = Promise.resolve()
  private failure: Error | undefined
  private unsynced = new Set<ActivePack>()
  /** Packs whose name in the folder survives a power cut. */
  private readonly inFolder = new WeakSet<ActivePack>()
  private syncing: Promise<void> | undefined
  private readonly readers = new Map<number, Promise<FileHandle>>()

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true })
    this.nextId = Math.max(0, ...this.list()) + 1
  }

  /** The ids of all packs, oldest first. */
  list(): number[] {
    return readdirSync(this.folder)
      .flatMap(name => /^(\d{8})\.pack$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b)
  }

  /** The lowest pack that the next chunk can go into; it and those behind it must not be removed. */
  get nextPossibleId(): number {
    return this.active?.id ?? this.nextId
  }

  /** Takes bytes to be written, which the caller must not change any more, and says where they will be. */
  append(parts: readonly Uint8Array[], length: number): PackLocation {
    if (!this.active || this.active.size + length > PACK_BYTES) this.begin()
    const active = this.active
    if (!active) throw new Error('there is no pack to append to')
    const location = { pack: active.id, offset: active.size, length }
    active.size += length
    this.queue.push(...parts)
    this.queuedBytes += length
    this.unsynced.add(active)
    if (this.queuedBytes >= QUEUE_BYTES / 4) this.writeQueue()
    return location
  }

  private begin(): void {
    this.writeQueue()
    // The next sync closes it.
    if (this.active) this.unsynced.add(this.active)
    const id = this.nextId++
    const file = open(join(this.folder, fileName(id)), 'wx', 0o600)
    file.catch(() => undefined)
    this.active = { id, file, size: 0 }
  }

  private writeQueue(): void {
    const [parts, bytes, active] = [this.queue, this.queuedBytes, this.active]
    if (bytes === 0 || !active) return
    this.queue = []
    this.queuedBytes = 0
    this.pendingBytes += bytes
    this.writing = this.writing.then(async () => {
      try {
        if (this.failure) return
        const file = await active.file
        // Buffer.concat costs less than a vector of a thousand small buffers.
        const whole = parts.length > 64 ? [Buffer.concat(parts)] : parts
        let written = (await file.writev(whole)).bytesWritten
        for (const rest = written < bytes ? Buffer.concat(whole) : undefined; rest && written < bytes; ) {
          written += (await file.write(rest, written)).bytesWritten
        }
      } catch (error) {
        this.failure = new Error(`cannot write to ${join(this.folder, fileName(active.id))}: ${String(error)}`, { cause: error })
      } finally {
        this.pendingBytes -= bytes
      }
    })
  }

  private pendingBytes = 0

  /** Resolves when there is room for more bytes; at once if there is. */
  async room(): Promise<void> {
    if (this.pendingBytes + this.queuedBytes < QUEUE_BYTES) return
    this.writeQueue()
    await this.writing
    this.throwFailure()
  }

  /** Resolves when all appended bytes can be read. */
  async flush(): Promise<void> {
    this.writeQueue()
    await this.writing
    this.throwFailure()
  }

  /** Resolves when all bytes appended before the call survive a power cut. */
  async sync(): Promise<void> {
    await this.flush()
    while (this.syncing) await this.syncing
    if (this.unsynced.size === 0) return
    const packs = [...this.unsynced]
    this.unsynced = new Set()
    this.syncing = Promise.all(packs.map(async pack => (await pack.file).datasync()))
      .then(() => (packs.every(pack => this.inFolder.has(pack)) ? undefined : this.syncFolder()))
      .then(async () => {
        for (const pack of packs) {
          this.inFolder.add(pack)
          if (pack !== this.active) await (await pack.file).close()
        }
      })
      .catch((error: unknown) => {
        this.failure = new Error(`cannot flush ${this.folder}: ${String(error)}`, { cause: error })
      })
      .finally(() => {
        this.syncing = undefined
      })
    await this.syncing
    this.throwFailure()
  }

  private async syncFolder(): Promise<void> {
    const folder = await open(this.folder, 'r')
    await folder.sync().finally(() => folder.close())
  }

  private throwFailure(): void {
    if (!this.failure) return
    const failure = this.failure
    // The next stream starts with a new pack, so that a full disk is an error and not the end.
    this.failure = undefined
    this.active = undefined
    throw failure
  }

  private reader(pack: number): Promise<FileHandle> {
    const known = this.readers.get(pack)
    if (known) {
      this.readers.delete(pack)
      this.readers.set(pack, known)
      return known
    }
    const opened = open(join(this.folder, fileName(pack)), 'r')
    this.readers.set(pack, opened)
    opened.catch(() => this.readers.delete(pack))
    for (const [oldest, file] of this.readers) {
      if (this.readers.size <= OPEN_FILES) break
      this.readers.delete(oldest)
      // A read that is under way keeps its handle until it ends.
      void file.then(handle => handle.close()).catch(() => undefined)
    }
    return opened
  }

  /**
   * Reads bytes that were flushed; the HEADROOM_BYTES before them are the caller's, to put a header there.
   * Fewer than asked for when the file ends early. Rejects with ENOENT for a pack that is gone.
   */
  async read({ pack, offset, length }: PackLocation): Promise<Buffer> {
    const buffer = Buffer.allocUnsafe(HEADROOM_BYTES + length).subarray(HEADROOM_BYTES)
    for (let attempt = 0; ; attempt++) {
      const file = await this.reader(pack)
      try {
        const { bytesRead } = await file.read(buffer, 0, length, offset)
        return buffer.subarray(0, bytesRead)
      } catch (error) {
        const closedMeanwhile = error instanceof Error && 'code' in error && error.code === 'EBADF'
        if (!closedMeanwhile || attempt > 3) throw error
      }
    }
  }

  /** The size of a pack on disk, in bytes. */
  async size(pack: number): Promise<number> {
    return (await stat(join(this.folder, fileName(pack)))).size
  }

  /** Deletes a pack that no chunk lies in any more. */
  async remove(pack: number): Promise<void> {
    const reader = this.readers.get(pack)
    this.readers.delete(pack)
    await unlink(join(this.folder, fileName(pack)))
    await (await reader)?.close()
  }

  /** Closes the pack that is appended to, so that it can be removed; the next append begins another. */
  async seal(): Promise<void> {
    await this.sync()
    const active = this.active
    this.active = undefined
    await (await active?.file)?.close()
  }

  async close(): Promise<void> {
    await this.seal()
    const readers = [...this.readers.values()]
    this.readers.clear()
    for (const reader of readers) await (await reader).close()
  }
}
