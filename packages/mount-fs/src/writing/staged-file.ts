/**
 * A changed content on the local disk. It may lie over a file of a commit: then what was not written here shows that
 * file through, as far as `limit`, and is not fetched before somebody needs it.
 */
import { closeSync, constants, fdatasync, ftruncateSync, futimesSync, lstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { promisify } from 'node:util'

import { type Extent, Extents } from './extents.js'
import type { StageArea } from './stage-area.js'
import type { CommittedContent } from './working-node.js'

const syncData = promisify(fdatasync)

const COPY_BYTES = 1024 * 1024

/** What a staged file lies over. */
export interface Underlay {
  readonly base: CommittedContent
  /** The bytes of `base` that show through are below this offset. */
  limit: number
  /** What was written below `limit`. */
  readonly own: Extents
}

/** One staged file. Throws what the file system of Node throws, and FsError ENOSPC. */
export class StagedFile {
  /** While a commit reads the file it must not change: writers go on in a copy. */
  frozen = 0
  readonly id: number
  readonly under: Underlay | undefined
  readonly #area: StageArea
  #sizeBytes = 0
  #takenBytes = 0
  #isOnDisk = false
  #isSynced = true
  #descriptor: number | undefined
  #users = 0

  constructor(area: StageArea, id: number, under: Underlay | undefined) {
    this.#area = area
    this.id = id
    this.under = under
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /**
   * Takes the size from the file on the disk, which is there from before; the time of its last change in milliseconds.
   * When the machine stopped before the file was on the disk, what it lies over is as it was.
   */
  find(): number | undefined {
    const found = lstatSync(this.path, { throwIfNoEntry: false })
    if (!found) {
      if (this.under && this.under.limit > 0) {
        this.under.own.clear()
        this.truncate(this.under.limit)
      }
      return undefined
    }
    this.#isOnDisk = true
    this.#sizeBytes = found.size
    const onDiskBytes = Math.min(found.blocks * 512, found.size)
    this.#area.space.adopt(onDiskBytes - this.#takenBytes)
    this.#takenBytes = onDiskBytes
    if (this.under) this.under.limit = Math.min(this.under.limit, found.size)
    return Math.round(found.mtimeMs)
  }

  /**
   * Whether there are bytes on the disk although no record says that any were written, so that all shows the committed file. A
   * file with a second name is kept aside already.
   */
  get hidesBytes(): boolean {
    if (!this.under || this.localParts.some(({ start, end }) => start < end)) return false
    const found = lstatSync(this.path, { throwIfNoEntry: false })
    return found !== undefined && found.blocks > 0 && found.nlink === 1
  }

  get path(): string {
    return this.#area.pathOf(this.id)
  }

  /** Keeps the file open until as many releases; reading and writing without is possible but slower. */
  retain(): void {
    this.#users++
  }

  release(): void {
    this.#users--
    if (this.#users <= 0) this.#close()
  }

  /** The parts from `offset` on that have to be read from the base. */
  missing(offset: number, length: number): Extent[] {
    if (!this.under) return []
    return this.under.own.missing(offset, Math.min(offset + length, this.under.limit, this.#sizeBytes))
  }

  /** Where the content lies on the local disk, in order. */
  get localParts(): Extent[] {
    if (!this.under) return [{ start: 0, end: this.#sizeBytes }]
    const { own, limit } = this.under
    return [...own.ranges.filter(({ start }) => start < limit).map(({ start, end }) => ({ start, end: Math.min(end, limit) })), { start: limit, end: this.#sizeBytes }]
  }

  /** What is on the local disk; zeros where it is missing. Fewer than `length` bytes only at the end. */
  readLocal(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, this.#sizeBytes - offset)))
    if (bytes.length === 0) return bytes
    return this.#use(descriptor => bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, offset)))
  }

  write(offset: number, bytes: Uint8Array): void {
    const end = offset + bytes.byteLength
    this.#area.take(bytes.byteLength)
    this.#takenBytes += bytes.byteLength
    this.#isSynced = false
    this.#use(descriptor => {
      for (let written = 0; written < bytes.byteLength; ) written += writeSync(descriptor, bytes, written, bytes.byteLength - written, offset + written)
    })
    this.#sizeBytes = Math.max(this.#sizeBytes, end)
    this.#settle()
    const { under } = this
    const ownEnd = under ? Math.min(end, under.limit) : 0
    if (under && offset < ownEnd && !under.own.covers(offset, ownEnd)) {
      this.#area.note(['own', this.id, offset, ownEnd])
      under.own.add(offset, ownEnd)
    }
  }

  truncate(sizeBytes: number): void {
    const { under } = this
    if (under && sizeBytes < under.limit) {
      this.#area.note(['limit', this.id, sizeBytes])
      under.limit = sizeBytes
    }
    this.#isSynced = false
    this.#use(descriptor => ftruncateSync(descriptor, sizeBytes))
    this.#sizeBytes = sizeBytes
    this.#settle()
  }

  /** Whether nobody reads it, so that its bytes can go before it does. */
  get canBeEmptied(): boolean {
    return this.#isOnDisk && this.#users <= 0 && this.frozen === 0
  }

  /** Gives the bytes back to the disk and keeps the size. */
  makeHole(): void {
    this.#use(descriptor => {
      ftruncateSync(descriptor, 0)
      ftruncateSync(descriptor, this.#sizeBytes)
    })
    this.#area.space.give(this.#takenBytes)
    this.#takenBytes = 0
  }

  /** Sets the time of the last change, which a restart takes from the file. */
  setModified(modifiedMs: number): void {
    // A date: Node takes a negative number for the time that it is now.
    const modified = new Date(modifiedMs)
    if (this.#isOnDisk) this.#use(descriptor => futimesSync(descriptor, modified, modified))
  }

  /** Makes the content safe against a crash of the machine. */
  async sync(): Promise<void> {
    if (this.#isSynced || !this.#isOnDisk) return
    this.retain()
    this.#isSynced = true
    try {
      await this.#use(descriptor => syncData(descriptor))
    } catch (error) {
      this.#isSynced = false
      throw error
    } finally {
      this.release()
    }
  }

  /** A file of its own with the same content, over the same base. */
  async copy(): Promise<StagedFile> {
    const under = this.under && { ...this.under, own: new Extents(this.under.own.ranges) }
    const copy = this.#area.createCopy(under)
    if (!under && this.#isOnDisk) {
      this.#area.take(this.#sizeBytes)
      await copyFile(this.path, copy.path, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
      copy.#isOnDisk = true
      copy.#isSynced = false
      copy.#sizeBytes = copy.#takenBytes = this.#sizeBytes
    } else {
      if (this.#isOnDisk) copy.truncate(this.#sizeBytes)
      for (const { start, end } of this.localParts) {
        for (let at = start; at < end; at += COPY_BYTES) {
          copy.write(at, this.readLocal(at, Math.min(COPY_BYTES, end - at)))
          await new Promise(setImmediate)
        }
      }
    }
    return copy
  }

  /** Deletes the file; users that have it open can go on reading. */
  remove(): void {
    rmSync(this.path, { force: true })
    this.#area.space.give(this.#takenBytes)
    this.#takenBytes = 0
  }

  /** Parts that are written twice take their space once. */
  #settle(): void {
    const excess = this.#takenBytes - this.#sizeBytes
    if (excess <= 0) return
    this.#area.space.give(excess)
    this.#takenBytes -= excess
  }

  #use<T>(work: (descriptor: number) => T): T {
    if (this.#descriptor === undefined) {
      this.#descriptor = openSync(this.path, this.#isOnDisk ? constants.O_RDWR | constants.O_NOFOLLOW : 'wx+', 0o600)
      if (!this.#isOnDisk) this.#area.fileAppeared()
      this.#isOnDisk = true
    }
    try {
      return work(this.#descriptor)
    } finally {
      if (this.#users <= 0) this.#close()
    }
  }

  #close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }
}
