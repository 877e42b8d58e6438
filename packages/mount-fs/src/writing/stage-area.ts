/** What one working copy has on the local disk: its staged files, and the journal that says what they are. */
import { lstatSync, readdirSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'

import { FsError } from '../errors.js'
import { makePrivateDirectory } from '../private-directory.js'
import { Journal, type JournalDamage, syncDirectory } from './journal.js'
import type { JournalRecord } from './journal-record.js'
import { StagedFile, type Underlay } from './staged-file.js'
import type { StageSpace } from './stage-space.js'

/** How long files that nobody needs any more may stay, so that many go with one write to the disk. */
const TRASH_MS = 500

/** A journal with more records than this is written anew, and then again when it is four times as long. */
const COMPACT_AT = 50_000

const DELETED_AT_ONCE = 100

/** Some file systems keep files up to this size without a block. */
const SMALL_BYTES = 4096

const JOURNAL = 'journal'
const STAGED_FILE = /^f(\d+)$/

/** An area of an earlier server. */
export interface LeftArea {
  readonly area: StageArea
  readonly records: readonly unknown[]
  readonly damage: JournalDamage | undefined
}

/** One directory below the stage directory. Without a journal nothing of it is found again after a restart. */
export class StageArea {
  readonly path: string
  readonly space: StageSpace
  readonly #journal: Journal | undefined
  #lastFile: number
  #hasNewFiles = true
  #trash: StagedFile[] = []
  #trashTimer: NodeJS.Timeout | undefined
  #neededByJournal: StagedFile[] = []
  /** Records for which the disk had no room, and that come before all others. */
  #owed: JournalRecord[] = []
  #deleting: StagedFile[] = []
  #compact: (() => void) | undefined
  #compactAt = COMPACT_AT
  #isClosed = false

  private constructor(path: string, space: StageSpace, journal: Journal | undefined, lastFile: number) {
    this.path = path
    this.space = space
    this.#journal = journal
    this.#lastFile = lastFile
  }

  /** A new area at `path`. */
  static create(path: string, space: StageSpace, { journaled }: { journaled: boolean }): StageArea {
    makePrivateDirectory(path)
    return new StageArea(path, space, journaled ? Journal.create(join(path, JOURNAL)) : undefined, 0)
  }

  /** The area that an earlier server left at `path`, with its records, and what of its journal is damaged. */
  static open(path: string, space: StageSpace): LeftArea {
    const { journal, records, damage } = Journal.open(join(path, JOURNAL))
    return { area: new StageArea(path, space, journal, stagedFiles(path).reduce((highest, id) => Math.max(highest, id), 0)), records, damage }
  }

  /** Whether its changes are found again after a restart. */
  get isJournaled(): boolean {
    return this.#journal !== undefined
  }

  /** The number of the newest staged file. */
  get lastFile(): number {
    return this.#lastFile
  }

  /** How many records the journal has. */
  get recordCount(): number {
    return this.#journal?.recordCount ?? 0
  }

  /** Where the staged file is kept. */
  pathOf(file: number): string {
    return join(this.path, `f${String(file)}`)
  }

  /** A new staged file, empty or over a committed one. It takes no place on the disk before it is written. */
  createFile(under?: Underlay): StagedFile {
    this.#lastFile++
    return new StagedFile(this, this.#lastFile, under)
  }

  /** A copy of a staged file, which is not needed before a record names it. */
  createCopy(under?: Underlay): StagedFile {
    const copy = this.createFile(under)
    this.note(['last', copy.id])
    return copy
  }

  /** A staged file that the journal speaks of. */
  openFile(id: number, under: Underlay | undefined): StagedFile {
    this.#lastFile = Math.max(this.#lastFile, id)
    return new StagedFile(this, id, under)
  }

  /** A staged file came to be on the disk. */
  fileAppeared(): void {
    this.#hasNewFiles = true
  }

  /** Asks for space; what is to be deleted goes first when there is not enough. Throws FsError ENOSPC. */
  take(bytes: number): void {
    try {
      this.space.take(bytes)
    } catch (error) {
      if (this.#trash.length + this.#deleting.length === 0) throw error
      this.#journal?.syncNow()
      this.#emptyTrash()
      this.#delete(Infinity)
      this.space.take(bytes)
    }
  }

  /** Writes a record down. Throws FsError ENOSPC when there is no place for it, and then nothing is written. */
  note(record: JournalRecord): void {
    this.#append(record)
  }

  /** As `note`, for records after which less is needed: they may use what is set aside for them. */
  noteRelease(record: JournalRecord): void {
    this.space.withReserve(() => this.#append(record))
  }

  /** As `noteRelease`, for what has happened whether it can be noted or not: without room the record waits, and no other one is written before it. */
  noteOutcome(record: JournalRecord): void {
    try {
      this.noteRelease(record)
    } catch (error) {
      if (FsError.from(error).code !== 'ENOSPC') throw error
      this.#owed.push(record)
    }
  }

  /** Sets room aside for the end of a commit, as far as the disk has it. */
  prepareCommit(): void {
    this.space.restoreReserve()
  }

  /**
   * Replaces the journal by fewer records that say the same, and deletes what these do not need. On a full disk the journal may
   * stay as it is until the next time.
   */
  rewrite(records: readonly JournalRecord[]): void {
    if (!this.#hasRewritten(records) && !(this.#emptyNeededFiles() && this.#hasRewritten(records))) return
    this.#owed = []
    this.#trash = this.#trash.concat(this.#neededByJournal)
    this.#neededByJournal = []
    this.#emptyTrash()
    this.space.restoreReserve()
    this.#compactAt = Math.max(COMPACT_AT, 4 * this.recordCount)
  }

  #hasRewritten(records: readonly JournalRecord[]): boolean {
    try {
      this.space.withReserve(() => this.#journal?.rewrite(records))
      return true
    } catch (error) {
      if (FsError.from(error).code === 'ENOSPC') return false
      throw error
    }
  }

  /**
   * Gives the bytes of committed files back. Of them a journal that ends with the commit needs the sizes alone, so each
   * becomes a hole. Returns whether that made room.
   */
  #emptyNeededFiles(): boolean {
    const files = this.#neededByJournal.filter(file => file.canBeEmptied)
    if (files.length === 0 || this.#owed.length > 0) return false
    this.#journal?.syncNow()
    for (const file of files) file.makeHole()
    return true
  }

  /** Calls `compact`, which rewrites the journal, when that has grown long. */
  whenLong(compact: () => void): void {
    this.#compact = compact
  }

  /** Resolves when all that was noted is safe against a crash of the machine. */
  async sync(): Promise<void> {
    if (!this.#journal) return
    if (this.#hasNewFiles) {
      this.#hasNewFiles = false
      syncDirectory(this.path)
    }
    await this.#journal.sync()
  }

  /** Deletes a staged file that no record needs any more, as soon as the records that say so are safe. */
  discard(file: StagedFile): void {
    if (!this.#journal) {
      file.remove()
      return
    }
    this.#trash.push(file)
    this.#trashTimer ??= setTimeout(() => void this.#discardSafely(), TRASH_MS).unref()
  }

  /** Deletes a staged file that is needed to read the journal, as soon as that is rewritten. */
  discardWithRewrite(file: StagedFile): void {
    this.#neededByJournal.push(file)
  }

  /** The staged files on the disk that hold something, by number. */
  filesOnDisk(): number[] {
    return stagedFiles(this.path).filter(id => {
      const found = lstatSync(this.pathOf(id), { throwIfNoEntry: false })
      // A large file without a block is a hole that shows a committed file through.
      return found?.isFile() === true && found.size > 0 && (found.blocks > 0 || found.size <= SMALL_BYTES)
    })
  }

  /** Deletes the staged files on the disk that are not among `known`. */
  removeUnknown(known: ReadonlySet<number>): void {
    for (const id of stagedFiles(this.path)) if (!known.has(id)) rmSync(this.pathOf(id), { force: true })
  }

  /** Ends the use of the area; what is in it is found again by the next server. Closing twice is fine. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearTimeout(this.#trashTimer)
    this.#journal?.close()
  }

  /** Ends the use of the area and deletes it. */
  async remove(): Promise<void> {
    this.close()
    // Without its journal it is nothing that a restart would look at.
    rmSync(join(this.path, JOURNAL), { force: true })
    await rm(this.path, { recursive: true, force: true })
  }

  #append(record: JournalRecord): void {
    try {
      for (let owed = this.#owed[0]; owed; owed = this.#owed[0]) {
        this.#journal?.append(owed)
        this.#owed.shift()
      }
      this.#journal?.append(record)
    } catch (error) {
      throw FsError.from(error)
    }
    if (this.recordCount <= this.#compactAt) return
    this.#compactAt = Infinity
    setImmediate(() => this.#compact?.())
  }

  async #discardSafely(): Promise<void> {
    const files = this.#trash
    this.#trash = []
    this.#trashTimer = undefined
    try {
      await this.#journal?.sync()
      this.#deleteSoon(files)
    } catch {
      // What cannot be deleted now is found unknown by the next start.
      if (!this.#isClosed) this.#trash.push(...files)
    }
  }

  /** Deletes some at a time: who reads and writes does not wait for ten thousand files to go. */
  #deleteSoon(files: readonly StagedFile[]): void {
    if (this.#deleting.length === 0 && files.length > 0) setImmediate(() => this.#delete(DELETED_AT_ONCE))
    this.#deleting = this.#deleting.concat(files)
  }

  #delete(count: number): void {
    if (this.#isClosed) return
    for (const file of this.#deleting.splice(0, count)) file.remove()
    if (this.#deleting.length > 0) setImmediate(() => this.#delete(DELETED_AT_ONCE))
    else this.space.restoreReserve()
  }

  #emptyTrash(): void {
    this.#deleteSoon(this.#trash)
    this.#trash = []
  }
}

function stagedFiles(path: string): number[] {
  return readdirSync(path).flatMap(name => {
    const [, id] = STAGED_FILE.exec(name) ?? []
    return id === undefined ? [] : [Number(id)]
  })
}
