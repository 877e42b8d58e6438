/** Contents that were written and are not committed yet: files on the local disk, readable by their owner only. */
import { closeSync, constants, ftruncateSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { copyFile, mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * A directory for the staged files of one server. Reads and writes of staged files go to the page cache and are done
 * at once, as a detour through a thread takes longer than they do.
 */
export class StageDirectory {
  readonly path: string
  #last = 0

  /** `path` is made when it is first needed. */
  constructor(path: string) {
    this.path = path
  }

  /** A new, empty staged file. */
  async create(): Promise<StagedFile> {
    await mkdir(this.path, { recursive: true, mode: 0o700 })
    this.#last++
    return new StagedFile(this, join(this.path, String(this.#last)))
  }

  /** Removes the directory with all that is in it. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}

/** One staged file. Throws what the file system of Node throws. */
export class StagedFile {
  /** While a commit reads the file it must not change: writers go on in a copy. */
  frozen = 0
  readonly path: string
  readonly #directory: StageDirectory
  #sizeBytes = 0
  #descriptor: number | undefined
  #users = 0

  constructor(directory: StageDirectory, path: string) {
    this.#directory = directory
    this.path = path
    closeSync(openSync(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600))
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** Keeps the file open until as many releases; reading and writing without is possible but slower. */
  retain(): void {
    this.#users++
  }

  release(): void {
    this.#users--
    if (this.#users <= 0) this.#close()
  }

  read(offset: number, length: number): Uint8Array {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(length, this.#sizeBytes - offset)))
    return this.#use(descriptor => bytes.subarray(0, bytes.length === 0 ? 0 : readSync(descriptor, bytes, 0, bytes.length, offset)))
  }

  write(offset: number, bytes: Uint8Array): void {
    this.#use(descriptor => {
      for (let written = 0; written < bytes.byteLength; ) written += writeSync(descriptor, bytes, written, bytes.byteLength - written, offset + written)
    })
    this.#sizeBytes = Math.max(this.#sizeBytes, offset + bytes.byteLength)
  }

  truncate(sizeBytes: number): void {
    this.#use(descriptor => ftruncateSync(descriptor, sizeBytes))
    this.#sizeBytes = sizeBytes
  }

  /** Makes the content safe against a crash of the machine. */
  async sync(): Promise<void> {
    const file = await open(this.path, 'r')
    try {
      await file.sync()
    } finally {
      await file.close()
    }
  }

  /** A file of its own with the same content. */
  async copy(): Promise<StagedFile> {
    const copy = await this.#directory.create()
    await copyFile(this.path, copy.path, constants.COPYFILE_FICLONE)
    copy.#sizeBytes = this.#sizeBytes
    return copy
  }

  /** Deletes the file; users that have it open can go on reading. */
  remove(): void {
    rmSync(this.path, { force: true })
  }

  #use<T>(work: (descriptor: number) => T): T {
    this.#descriptor ??= openSync(this.path, 'r+')
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
