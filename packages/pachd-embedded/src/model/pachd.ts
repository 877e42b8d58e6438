/** The heart of the embedded pachd: changes of the model, the commits that they finish, and who waits for them. */
import { ModelError, refused } from '../model-error.js'
import type { Rows, Store, WritableRows } from '../store/store.js'
import type { ChunkStore } from '../chunks/chunk-store.js'
import type { TreeReader } from '../tree/tree-reader.js'
import { Change, NOBODY } from './change.js'
import { Collection } from './collection.js'
import type { Collected } from './collection.js'
import { ContentEngine } from './content-engine.js'
import { findCommit, parentOf } from './commit-reference.js'
import { baseTree, childrenOf } from './commits.js'
import { showCommit } from './names.js'
import type { CommitName } from './names.js'
import { propagate } from './propagation.js'
import type { CommitRecord, Layer } from './records.js'
import { tables } from './records.js'
import { removeSegment } from './segment.js'
import { fireTriggers } from './triggers.js'
import { findConflict } from './validation.js'
import { WakeUp } from './wake-up.js'

/** An open commit with more layers than this is folded, so that reading it stays cheap. */
const MOST_LAYERS = 32
/** More layers than these are removed after the commit and not with it. */
const LAYERS_AT_ONCE = 4

/** Who asks for a change and under which id its commits are made. */
export interface ChangeOptions {
  readonly caller?: string
  readonly setId?: string
}

/** The state of one pachd, over a store and its chunks. */
export class Pachd {
  readonly engine: ContentEngine
  readonly wakeUp = new WakeUp()
  private readonly underWay = new Map<string, Promise<void>>()
  private collecting: Promise<Collected> | undefined
  private readonly folding = new Map<string, Promise<number>>()

  constructor(
    readonly store: Store,
    chunks: ChunkStore,
    private readonly report: (error: unknown) => void,
  ) {
    this.engine = new ContentEngine(store, chunks)
  }

  get rows(): Rows {
    return this.store.rows
  }

  /**
   * Runs one change, all or nothing. It is durable when the promise resolves, and the commits that it finished
   * are complete unless one of their parents is still open.
   */
  async change<T>(work: (change: Change) => T, { caller = NOBODY, setId }: ChangeOptions = {}): Promise<T> {
    const { result, finishing } = await this.store.write(rows => {
      const change = new Change(rows, caller, setId)
      const made = work(change)
      propagate(change)
      return { result: made, finishing: change.finishing }
    })
    await this.store.durable()
    this.wakeUp.ring()
    await Promise.all(finishing.map(commit => this.finish(commit)))
    return result
  }

  /** Runs one change and takes it back: what it would have answered. */
  tryOut<T>(work: (change: Change) => T, { caller = NOBODY, setId }: ChangeOptions = {}): Promise<T> {
    return this.store.tryOut(rows => {
      const change = new Change(rows, caller, setId)
      const made = work(change)
      propagate(change)
      return made
    })
  }

  /** Completes the commits that were finishing when the process ended last. */
  async resume(): Promise<void> {
    const finishing = [...tables.commits.list(this.rows)].filter(({ finishing: at, finished }) => at && !finished)
    await Promise.all(finishing.map(({ commit }) => this.finish(commit)))
  }

  /** Removes what nothing leads to any more. One collection runs at a time. */
  collect(): Promise<Collected> {
    this.collecting ??= new Collection(this).run().finally(() => {
      this.collecting = undefined
    })
    return this.collecting
  }

  /** Resolves when no commit is being completed and nothing is being collected. */
  async idle(): Promise<void> {
    await this.collecting?.catch(() => undefined)
    while (this.underWay.size > 0 || this.folding.size > 0) await Promise.allSettled([...this.underWay.values(), ...this.folding.values()])
  }

  private finish(commit: CommitName): Promise<void> {
    const key = showCommit(commit)
    const known = this.underWay.get(key)
    if (known) return known
    const work = this.complete(commit)
      .catch((error: unknown) => this.report(error))
      .finally(() => this.underWay.delete(key))
    this.underWay.set(key, work)
    return work
  }

  private async complete(commit: CommitName): Promise<void> {
    const before = findCommit(this.rows, commit)
    const parent = before && parentOf(this.rows, before)
    // The children of an open commit are completed when it is.
    if (parent && !parent.finishing) return
    if (parent && !parent.finished) await this.finish(parent.commit)
    // If that fails, so does what follows, and says so in the commit.
    await this.folding.get(showCommit(commit))?.catch(() => undefined)
    const record = findCommit(this.rows, commit)
    const base = record && baseTree(this.rows, record)
    if (!record?.finishing || record.finished || base === undefined) return
    try {
      await this.engine.materialise(record.folded ?? base, record.layers, showCommit(commit), root => this.close(record, base, root))
    } catch (error) {
      // A commit that was dropped in the meantime takes its changes with it.
      if (!findCommit(this.rows, commit)) return
      await this.closeWithError(commit, base, error)
      this.report(error)
    }
    // A child that is being completed already waits for this commit and goes on by itself.
    for (const child of childrenOf(this.rows, record)) if (child.finishing && !child.finished && !this.underWay.has(showCommit(child.commit))) await this.finish(child.commit)
  }

  private async close(record: CommitRecord, base: number, root: number): Promise<void> {
    const tree = this.engine.tree(root)
    const problem = record.error === '' ? await findConflict(this.engine.nodes, base, tree) : undefined
    const size = record.error === '' ? tree.all().bytes : 0
    await this.store.durable()
    await this.change(change => {
      const latest = findCommit(change.rows, record.commit)
      if (!latest || latest.finished) return
      const { folded: _, ...rest } = latest
      const finished: CommitRecord = { ...rest, layers: [], root, baseRoot: base, size, error: problem ?? latest.error, finished: change.time }
      change.putCommit(finished)
      if (record.layers.length <= LAYERS_AT_ONCE) this.dropLayers(change.rows, record.layers)
      if (finished.error === '') fireTriggers(change, finished)
    })
    if (record.layers.length > LAYERS_AT_ONCE) await this.dropManyLayers(record.layers)
  }

  /** A commit whose content cannot be put together is finished without it, and says why. */
  private async closeWithError(commit: CommitName, base: number, cause: unknown): Promise<void> {
    await this.change(change => {
      const latest = findCommit(change.rows, commit)
      if (!latest || latest.finished) return
      const error = `the content could not be put together: ${cause instanceof Error ? cause.message : String(cause)}`
      change.putCommit({ ...latest, root: base, baseRoot: base, finished: change.time, error })
    })
  }

  /** One by one, since a segment is large; what a crash leaves is collected some time. */
  private async dropManyLayers(layers: readonly Layer[]): Promise<void> {
    for (const layer of layers) await this.store.write(rows => this.dropLayers(rows, [layer]))
  }

  /** Removes segments that no other commit or file set uses. */
  private dropLayers(rows: WritableRows, layers: readonly Layer[]): void {
    const shared = new Set([...tables.fileSets.list(rows)].flatMap(({ layers: others }) => others.flatMap(layer => (layer.kind === 'segment' ? layer.id : []))))
    for (const layer of layers) if (layer.kind === 'segment' && !layer.shared && !shared.has(layer.id)) removeSegment(rows, layer.id)
  }

  /** The files of a commit as they are now. Waits for a commit that is finishing. Throws UNKNOWN on top of an open parent. */
  async treeOf(commit: CommitName, signal: AbortSignal): Promise<{ record: CommitRecord; tree: TreeReader }> {
    for (;;) {
      const woken = this.wakeUp.next(signal)
      const record = findCommit(this.rows, commit)
      if (!record) throw refused(`commit ${showCommit(commit)} was deleted`)
      if (record.root !== undefined) return { record, tree: this.engine.openTree(record.root) }
      if (!record.finishing) return { record, tree: this.engine.openTree(await this.fold(record)) }
      const open = [...openAncestors(this.rows, record)][0]
      if (open) throw unfinishedBase(open, record)
      await woken
      if (signal.aborted) throw new ModelError('UNAVAILABLE', 'the wait has ended: the client has left, or pachd is about to stop')
    }
  }

  /** The tree of an open commit, made of its base and what was written so far, and remembered. */
  private async fold(record: CommitRecord): Promise<number> {
    const parent = parentOf(this.rows, record)
    if (parent?.finishing && !parent.finished) await this.finish(parent.commit)
    const base = baseTree(this.rows, record)
    if (base === undefined) throw unfinishedBase(parent ?? record, record)
    const start = record.folded ?? base
    if (record.layers.length === 0) return start
    const key = showCommit(record.commit)
    const known = this.folding.get(key)
    if (known) {
      await known.catch(() => undefined)
      const latest = findCommit(this.rows, record.commit)
      if (latest && !latest.finishing) return this.fold(latest)
      if (latest?.root !== undefined) return latest.root
      throw refused(`commit ${key} was deleted`)
    }
    const work = this.engine
      .materialise(start, record.layers, key, root => this.rememberFolded(record, root))
      .finally(() => this.folding.delete(key))
    this.folding.set(key, work)
    return work
  }

  private async rememberFolded(record: CommitRecord, root: number): Promise<number> {
    await this.store.write(rows => {
      const latest = findCommit(rows, record.commit)
      const unchanged = latest && !latest.finishing && latest.folded === record.folded && sameStart(latest.layers, record.layers)
      if (!unchanged) return
      const change = new Change(rows)
      change.putCommit({ ...latest, folded: root, layers: latest.layers.slice(record.layers.length) })
      this.dropLayers(rows, record.layers)
    })
    return root
  }

  /** Folds an open commit that was written to many times. */
  async foldIfLong(commit: CommitName): Promise<void> {
    const record = findCommit(this.rows, commit)
    if (record && !record.finishing && record.layers.length > MOST_LAYERS && baseTree(this.rows, record) !== undefined) await this.fold(record)
  }
}

function* openAncestors(rows: Rows, record: CommitRecord): Generator<CommitRecord> {
  for (let at = parentOf(rows, record); at && !at.finished; at = parentOf(rows, at)) if (!at.finishing) yield at
}

const unfinishedBase = (base: CommitRecord, record: CommitRecord): ModelError => refused(`base commit ${showCommit(base.commit)} for commit ${showCommit(record.commit)} unfinished`)

const sameStart = (layers: readonly Layer[], start: readonly Layer[]): boolean => start.every((layer, i) => JSON.stringify(layer) === JSON.stringify(layers[i]))
