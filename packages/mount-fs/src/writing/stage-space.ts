/** How much may still be staged, so that a full disk is told to who writes, and a commit always has what it needs. */
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'

import { FsError } from '../errors.js'

const MIB = 1024 * 1024
/** The disk keeps this free, or this share of it when that is less. */
const KEPT_FREE_BYTES = 32 * MIB
const KEPT_FREE_SHARE = 0.05
/** After so many bytes the disk is asked again, as others write to it, too. */
const ASK_EVERY_BYTES = 8 * MIB
/** The file that is given up when the disk is full. */
export const RESERVE_FILE = 'reserve'
/** Given up when not even a note that something was deleted or committed fits on the disk. */
const RESERVE_BYTES = 256 * 1024

/** The space of one stage directory. */
export class StageSpace {
  readonly #directory: string
  readonly #maxBytes: number
  #grantedBytes = 0
  #usedBytes = 0
  #isReserved = false

  /** `maxBytes` limits what is staged altogether, however much the disk holds. */
  constructor(directory: string, maxBytes: number) {
    this.#directory = directory
    this.#maxBytes = maxBytes
  }

  /** Asks for `bytes` more. Throws FsError ENOSPC. */
  take(bytes: number): void {
    if (this.#usedBytes + bytes > this.#maxBytes) throw this.#full(`at most ${this.#maxBytes} bytes may be staged`)
    if (bytes > this.#grantedBytes) this.#ask(bytes)
    this.#grantedBytes -= bytes
    this.#usedBytes += bytes
  }

  /** Counts what is on the disk from before. */
  adopt(bytes: number): void {
    this.#usedBytes += bytes
  }

  /** Gives `bytes` back. */
  give(bytes: number): void {
    this.#usedBytes = Math.max(0, this.#usedBytes - bytes)
  }

  /** Sets some of the disk aside. */
  reserve(): void {
    rmSync(this.#reservePath, { force: true })
    const descriptor = openSync(this.#reservePath, 'wx', 0o600)
    try {
      writeSync(descriptor, Buffer.alloc(RESERVE_BYTES))
    } finally {
      closeSync(descriptor)
    }
    this.#isReserved = true
  }

  /** Sets the reserve aside again if it was given up, as far as the disk has room. */
  restoreReserve(): void {
    if (this.#isReserved) return
    try {
      this.reserve()
    } catch (error) {
      rmSync(this.#reservePath, { force: true })
      if (FsError.from(error).code !== 'ENOSPC') throw error
    }
  }

  /** Does work that frees space or ends a commit; a full disk gets the reserve for it. */
  withReserve<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      if (FsError.from(error).code !== 'ENOSPC') throw error
      rmSync(this.#reservePath, { force: true })
      this.#isReserved = false
      return work()
    }
  }

  get #reservePath(): string {
    return join(this.#directory, RESERVE_FILE)
  }

  #ask(bytes: number): void {
    const { bavail, blocks, bsize } = statfsSync(this.#directory)
    const free = bavail * bsize - Math.min(KEPT_FREE_BYTES, blocks * bsize * KEPT_FREE_SHARE)
    if (free < bytes) throw this.#full('the disk is full')
    this.restoreReserve()
    this.#grantedBytes = Math.min(free, Math.max(bytes, ASK_EVERY_BYTES))
  }

  #full(why: string): FsError {
    return new FsError('ENOSPC', `${why}: ${this.#directory}; commit or discard changes, or use another --stage-dir`)
  }
}
