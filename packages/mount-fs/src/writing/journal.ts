/**
 * Records on the local disk, one after the other. What was appended survives the process, and what was synced survives the
 * machine.
 */
import { closeSync, constants, fdatasync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'

import { framed, readFrames } from './journal-frames.js'

const sync = promisify(fdatasync)

/** A rewritten journal reaches the disk in pieces of this size. */
const PIECE_BYTES = 1024 * 1024

/** A journal of which not every byte is part of a record that checks out. */
export interface JournalDamage {
  readonly damagedBytes: number
  /** The whole file. */
  readonly bytes: Buffer
}

/** One journal. Records are values that JSON can hold. Throws what the file system of Node throws. */
export class Journal {
  readonly path: string
  #descriptor: number
  #sizeBytes: number
  #syncedBytes = 0
  #recordCount: number
  #running: Promise<unknown> = Promise.resolve()
  #waiting: Promise<void> | undefined

  private constructor(path: string, descriptor: number, sizeBytes: number, recordCount: number) {
    this.path = path
    this.#descriptor = descriptor
    this.#sizeBytes = sizeBytes
    this.#recordCount = recordCount
  }

  /** A new, empty journal. */
  static create(path: string): Journal {
    return new Journal(path, openSync(path, 'wx+', 0o600), 0, 0)
  }

  /**
   * An existing journal with its records. When some of it is damaged, `damage` says how much and has the bytes as they were
   * found; what follows the last whole record is cut off, and the rest stays until the journal is rewritten.
   */
  static open(path: string): { readonly journal: Journal; readonly records: unknown[]; readonly damage: JournalDamage | undefined } {
    const descriptor = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW)
    const bytes = readFileSync(descriptor)
    const { records, endBytes, damagedBytes } = readFrames(bytes)
    const journal = new Journal(path, descriptor, endBytes, records.length)
    return { journal, records, damage: damagedBytes === 0 ? undefined : { damagedBytes, bytes } }
  }

  /** How many records there are. */
  get recordCount(): number {
    return this.#recordCount
  }

  /** Appends a record. When it throws, the journal is as before. */
  append(record: unknown): void {
    const bytes = framed(record)
    try {
      writeAll(this.#descriptor, bytes, this.#sizeBytes)
    } catch (error) {
      ftruncateSync(this.#descriptor, this.#sizeBytes)
      throw error
    }
    this.#sizeBytes += bytes.byteLength
    this.#recordCount++
  }

  /** Resolves when everything appended so far is safe; callers at the same time share one write to the disk. */
  sync(): Promise<void> {
    if (this.#syncedBytes === this.#sizeBytes) return Promise.resolve()
    this.#waiting ??= this.#running.then(async () => {
      this.#waiting = undefined
      const [descriptor, sizeBytes] = [this.#descriptor, this.#sizeBytes]
      await sync(descriptor)
      if (descriptor === this.#descriptor) this.#syncedBytes = sizeBytes
    })
    this.#running = this.#waiting.catch(() => undefined)
    return this.#waiting
  }

  /** Makes everything appended so far safe before it returns. */
  syncNow(): void {
    fsyncSync(this.#descriptor)
    this.#syncedBytes = this.#sizeBytes
  }

  /** Replaces all records by these, safely and in one step. When it throws, the journal is as before. */
  rewrite(records: Iterable<unknown>): void {
    const next = `${this.path}.next`
    rmSync(next, { force: true })
    const descriptor = openSync(next, 'wx+', 0o600)
    let [sizeBytes, count] = [0, 0]
    try {
      let pieces: Uint8Array[] = []
      let pending = 0
      const flush = () => {
        writeAll(descriptor, Buffer.concat(pieces), sizeBytes)
        sizeBytes += pending
        pieces = []
        pending = 0
      }
      for (const record of records) {
        const bytes = framed(record)
        pieces.push(bytes)
        pending += bytes.byteLength
        count++
        if (pending >= PIECE_BYTES) flush()
      }
      flush()
      fsyncSync(descriptor)
      renameSync(next, this.path)
      syncDirectory(dirname(this.path))
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
    this.close()
    this.#descriptor = descriptor
    this.#sizeBytes = this.#syncedBytes = sizeBytes
    this.#recordCount = count
  }

  /** Closes the file once the disk is done with it. */
  close(): void {
    const descriptor = this.#descriptor
    void this.#running.then(() => closeSync(descriptor))
  }
}

/** Makes names that were added to a directory, or taken from it, safe against a crash of the machine. */
export function syncDirectory(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function writeAll(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.byteLength; ) written += writeSync(descriptor, bytes, written, bytes.byteLength - written, position + written)
}
