/** The directory of one server for what was written and is not committed yet, readable by its owner only. */
import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

import { FsError } from '../errors.js'
import { syncDirectory } from './journal.js'
import { StageArea } from './stage-area.js'
import { lockDirectory, type StageLock } from './stage-lock.js'
import { StageSpace } from './stage-space.js'

/** Names of areas that are not found again. */
const SCRATCH = 'scratch-'
const MAX_SERVERS = 100

/** A stage directory with the areas of its working copies. */
export class StageDirectory {
  readonly path: string
  readonly #space: StageSpace
  #lock: StageLock | undefined

  /** `path` is made when it is first needed. `maxBytes` limits what is staged in it altogether. */
  constructor(path: string, { maxBytes = Infinity } = {}) {
    this.path = path
    this.#space = new StageSpace(path, maxBytes)
  }

  /**
   * The stage directory below `root` of the server that calls itself `identity`, locked for this process. When another
   * process of the same identity runs, this one gets a directory of its own. Throws FsError with what to do when
   * `root` cannot be used.
   */
  static async claim(root: string, identity: string): Promise<StageDirectory> {
    const name = createHash('sha256').update(identity).digest('hex').slice(0, 16)
    try {
      for (let number = 1; number <= MAX_SERVERS; number++) {
        const path = join(root, number === 1 ? name : `${name}-${String(number)}`)
        mkdirSync(path, { recursive: true, mode: 0o700 })
        checkOwned(path)
        chmodSync(path, 0o700)
        const lock = await lockDirectory(path)
        if (!lock) continue
        const stage = new StageDirectory(path)
        stage.#lock = lock
        stage.#clean()
        return stage
      }
    } catch (cause) {
      const { code, message } = FsError.from(cause)
      throw new FsError(code, `changes cannot be kept in ${root}: ${message}; choose another --stage-dir`, { cause })
    }
    throw new FsError('EBUSY', `changes cannot be kept in ${root}: ${String(MAX_SERVERS)} servers use it; choose another --stage-dir`)
  }

  /** A new area. Without a journal it is for what a restart may forget. */
  createArea({ journaled }: { journaled: boolean }): StageArea {
    mkdirSync(this.path, { recursive: true, mode: 0o700 })
    this.#space.reserve()
    const area = StageArea.create(join(this.path, `${journaled ? 'mount-' : SCRATCH}${randomBytes(8).toString('hex')}`), this.#space, { journaled })
    if (journaled) for (const path of [this.path, dirname(this.path)]) syncDirectory(path)
    return area
  }

  /** What an earlier server left, with the records of its journals. */
  leftAreas(): ReturnType<typeof StageArea.open>[] {
    return this.#areaNames().map(name => StageArea.open(join(this.path, name), this.#space))
  }

  /** Lets another server have the directory; it is removed when there are no changes in it. */
  release(): void {
    if (this.#areaNames().length === 0) {
      rmSync(join(this.path, 'reserve'), { force: true })
      try {
        rmdirSync(this.path)
      } catch (error) {
        if (!['ENOENT', 'ENOTEMPTY'].includes(String((error as NodeJS.ErrnoException).code))) throw error
      }
    }
    this.#lock?.release()
    this.#lock = undefined
  }

  /** Removes the directory with all that is in it. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
    this.#lock?.release()
  }

  #areaNames(): string[] {
    try {
      return readdirSync(this.path, { withFileTypes: true }).flatMap(entry => (entry.name.startsWith('mount-') && entry.isDirectory() ? [entry.name] : []))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw error
    }
  }

  #clean(): void {
    const areas = new Set(this.#areaNames().filter(name => existsSync(join(this.path, name, 'journal'))))
    for (const name of readdirSync(this.path)) if (!areas.has(name)) rmSync(join(this.path, name), { recursive: true, force: true })
  }
}

/** A link, or a directory of another user, would be a way for others to what is staged. */
function checkOwned(path: string): void {
  const found = lstatSync(path)
  if (!found.isDirectory() || (process.getuid && found.uid !== process.getuid())) throw new FsError('EACCES', `${path} is a link or belongs to another user`)
}
