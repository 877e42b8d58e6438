/** The directory of one server for what was written and is not committed yet, readable by its owner only. */
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { FsError } from '../errors.js'
import { makePrivateDirectory } from '../private-directory.js'
import { LOCK_FILE, removeLockFile } from './directory-lock.js'
import { syncDirectory } from './journal.js'
import { KEPT_DIRECTORY, type KeptAside, keptIn } from './kept-aside.js'
import { type LeftArea, StageArea } from './stage-area.js'
import { type ClaimedDirectory, claimDirectory } from './stage-claim.js'
import { RESERVE_FILE, StageSpace } from './stage-space.js'

/** Names of areas that are not found again. */
const SCRATCH = 'scratch-'

/** How a stage directory is claimed. */
export interface ClaimOptions {
  /** Gets a sentence about directories that other servers use. */
  readonly onNotice?: (sentence: string) => void
}

/** A stage directory with the areas of its working copies. */
export class StageDirectory {
  readonly path: string
  readonly #space: StageSpace
  #refusal: FsError | undefined
  #claimed: readonly ClaimedDirectory[] = []

  /** `path` is made when it is first needed. `maxBytes` limits what is staged in it altogether. */
  constructor(path: string, { maxBytes = Infinity } = {}) {
    this.path = path
    this.#space = new StageSpace(path, maxBytes)
  }

  /**
   * The stage directory below `root` of the server that calls itself `identity`, locked for this process. When another process
   * has it, this one gets a directory of its own. Directories of servers of this identity that are gone belong to it, too.
   * Throws FsError with what to do when `root` cannot be used.
   */
  static async claim(root: string, identity: string, { onNotice = () => undefined }: ClaimOptions = {}): Promise<StageDirectory> {
    const name = createHash('sha256').update(identity).digest('hex').slice(0, 16)
    try {
      const { own, others, inUse } = await claimDirectory(root, name, { isWorthKeeping: path => !isEmpty(path) })
      for (const { path, holder } of inUse) onNotice(`${path} is in use by ${holder}, so this server keeps changes in ${own.path}; what the other one does not commit is found by the next start after it has ended`)
      const stage = new StageDirectory(own.path)
      stage.#claimed = [own, ...others]
      for (const { path } of stage.#claimed) clean(path)
      return stage
    } catch (cause) {
      const { code, message } = FsError.from(cause)
      throw new FsError(code, `changes cannot be kept in ${root}: ${message}; choose another --stage-dir`, { cause })
    }
  }

  /** A stage directory that cannot be used: whoever wants to write in it gets `refusal`. */
  static refusing(path: string, refusal: FsError): StageDirectory {
    const stage = new StageDirectory(path)
    stage.#refusal = refusal
    return stage
  }

  /** Why nothing can be written; undefined when it can. */
  get refusal(): FsError | undefined {
    return this.#refusal
  }

  /** What is kept aside because its record was damaged. */
  get kept(): KeptAside[] {
    return this.#paths.flatMap(keptIn)
  }

  /** A new area. Without a journal it is for what a restart may forget. Throws FsError. */
  createArea({ journaled }: { journaled: boolean }): StageArea {
    if (this.#refusal) throw this.#refusal
    try {
      makePrivateDirectory(this.path)
      this.#space.reserve()
      const area = StageArea.create(join(this.path, `${journaled ? 'mount-' : SCRATCH}${randomBytes(8).toString('hex')}`), this.#space, { journaled })
      if (journaled) for (const path of [this.path, dirname(this.path)]) syncDirectory(path)
      return area
    } catch (cause) {
      const { code, message } = FsError.from(cause)
      throw new FsError(code, `changes cannot be kept in ${this.path}: ${message}; make room there, or choose another --stage-dir`, { cause })
    }
  }

  /** What earlier servers left, with the records of their journals. */
  leftAreas(): LeftArea[] {
    if (this.#refusal) return []
    const areas = this.#paths.flatMap(path => areaNames(path).map(name => StageArea.open(join(path, name), this.#space)))
    if (areas.length > 0) this.#space.restoreReserve()
    return areas
  }

  /** Lets another server have the directory; it is removed when nothing in it is needed. */
  release(): void {
    for (const { path, lock } of this.#claimed) {
      if (isEmpty(path)) remove(path)
      lock.release()
    }
    this.#claimed = []
  }

  /** Removes the directory with all that is in it. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
    for (const { lock } of this.#claimed) lock.release()
  }

  get #paths(): string[] {
    return this.#claimed.length > 0 ? this.#claimed.map(({ path }) => path) : [this.path]
  }
}

function areaNames(path: string): string[] {
  return entriesOf(path).flatMap(entry => (entry.name.startsWith('mount-') && entry.isDirectory() ? [entry.name] : []))
}

function entriesOf(path: string) {
  try {
    return readdirSync(path, { withFileTypes: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function isEmpty(path: string): boolean {
  return areaNames(path).length === 0 && keptIn(path).length === 0
}

/** Removes a directory in which nothing is needed; only its owner may. */
function remove(path: string): void {
  for (const name of [RESERVE_FILE, KEPT_DIRECTORY]) rmSync(join(path, name), { recursive: true, force: true })
  try {
    removeLockFile(path)
    rmdirSync(path)
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY'].includes(String((error as NodeJS.ErrnoException).code))) throw error
  }
}

/** Removes what a server that was killed left half made, and what it kept for itself. */
function clean(path: string): void {
  const needed = new Set([LOCK_FILE, KEPT_DIRECTORY, ...areaNames(path).filter(name => existsSync(join(path, name, 'journal')))])
  for (const { name } of entriesOf(path)) if (!needed.has(name)) rmSync(join(path, name), { recursive: true, force: true })
}
