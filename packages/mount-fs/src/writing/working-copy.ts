/** A branch that is mounted for writing: its files with local changes, and the way those get into a commit. */
import type { PachdClient } from '@jupyterlab-pachyderm/pachd-client'
import { setTimeout as delay } from 'node:timers/promises'

import type { CommitIdentity } from '../commit-identity.js'
import { FsError } from '../errors.js'
import type { MountSource } from '../mounted-branch.js'
import type { PathSelection } from '../path-selection.js'
import type { FileReaders } from '../reading/reader.js'
import type { CommitTree, CommitTrees } from '../reading/tree.js'
import type { Volume } from '../volume.js'
import { type Change, type ChangeCounts, changesOf, countChanges } from './changes.js'
import { type CommitPlan, isEmptyPlan, loadForPlan, planCommit } from './commit-plan.js'
import { type CommitProgress, headOf, leavesOutcomeOpen, progressOf, type Sending, sendPlan } from './committer.js'
import { conflictsOf } from './conflicts.js'
import { finishDescribed, sendDescribed } from './described-commit.js'
import { discardAll, discardPath } from './discard.js'
import { findCommit, type Committed } from './find-commit.js'
import { JOURNAL_VERSION, type JournalHeader } from './journal-record.js'
import { snapshot } from './journal-snapshot.js'
import { Overlay } from './overlay.js'
import { newMark, type OpenCommit } from './open-commit.js'
import { PendingCommit, settleCommitted } from './pending-commit.js'
import { type LeftChanges, replayJournal } from './left-changes.js'
import type { StageArea } from './stage-area.js'
import type { StageDirectory } from './stage.js'
import { StagedContents } from './staged-content.js'
import { directoryNode } from './working-node.js'
import { type KnownCommit, WorkingTree } from './working-tree.js'

const LOST_ANSWER_MS = 1500
const LOST_ANSWER_TRIES = 10
const FIRST_SETTLE_MS = 1000
const LONGEST_SETTLE_MS = 30_000

/** The pachd of a working copy. */
export interface WorkingCluster {
  readonly client: Pick<PachdClient, 'pfs'>
  readonly trees: CommitTrees
  readonly readers: FileReaders
  /** By this the cluster is known again after a restart. */
  readonly id?: string
  /** How long pachd may take to end a commit whose connection broke, in milliseconds. Default 1500. */
  readonly lostAnswerMs?: number
}

/** What a working copy is made of. */
export interface WorkingCopyOptions {
  /** How messages call it. */
  readonly name: string
  /** The commit it starts as; undefined to start empty. */
  readonly base: KnownCommit | undefined
  readonly cluster: WorkingCluster
  readonly stage: StageDirectory
  readonly selection?: PathSelection
  /** The branch that commits go to; undefined for a scratch directory, which a restart forgets. */
  readonly target?: MountSource
}

/** What a commit is to be called, and who is told of it. */
export interface CommitOptions {
  /** The description of the commit. With one, nobody else may have a commit of the branch open. */
  readonly message?: string | undefined
  /** It is sent now. */
  readonly begin?: (progress: Readonly<CommitProgress>) => void
  /** More bytes were sent. */
  readonly sent?: (bytes: number) => void
  /** It replaced what others had changed in these paths. */
  readonly conflicts?: (paths: readonly string[]) => void
  /** From now on the commit may be the open head of its branch. */
  readonly opens?: (commit: OpenCommit) => void
  /** It is not open any more. This may be long after `commitChanges` has failed. */
  readonly ends?: (commit: OpenCommit) => void
}

/** One working copy. Whoever opens it closes it, and what was changed stays, or discards it. */
export class WorkingCopy {
  readonly name: string
  readonly target: MountSource | undefined
  readonly volume: Volume
  readonly #cluster: WorkingCluster
  readonly #area: StageArea
  readonly #tree: WorkingTree
  readonly #contents: StagedContents
  readonly #header: JournalHeader | undefined
  readonly #selection: PathSelection | undefined
  #base: { readonly known: KnownCommit; readonly tree: CommitTree } | undefined
  /** The last own commit, when it is not the base. */
  #latest: { readonly known: KnownCommit; readonly tree: CommitTree } | undefined
  #pending: PendingCommit | undefined
  #damage: string | undefined
  #progress: CommitProgress | undefined
  #conflicts: readonly string[] = []
  #counted: { readonly version: number; readonly counts: ChangeCounts } | undefined
  #watcher: CommitOptions = {}
  #turn: Promise<unknown> = Promise.resolve()
  /** Whether the last commit was refused because the branch was deleted. */
  #isBranchLoss = false
  #isSettling = false
  #isClosed = false

  private constructor(name: string, cluster: WorkingCluster, tree: WorkingTree, header: JournalHeader | undefined, selection: PathSelection | undefined) {
    this.name = name
    this.target = header?.target
    this.#cluster = cluster
    this.#area = tree.area
    this.#tree = tree
    this.#header = header
    this.#selection = selection
    this.#contents = new StagedContents(cluster.readers, tree)
    this.volume = new Overlay(name, tree, this.#contents)
    tree.area.whenLong(() => this.#rewrite())
  }

  /** Opens a working copy; nothing is asked from pachd yet. Throws FsError when there is no place for its journal. */
  static open({ name, base, cluster, stage, selection, target }: WorkingCopyOptions): WorkingCopy {
    const shown = selection?.isEverything === false ? selection : undefined
    const header = target && { version: JOURNAL_VERSION, name, target, paths: selection?.paths ?? ['/'], cluster: cluster.id ?? '' }
    const tree = newTree(cluster, stage.createArea({ journaled: header !== undefined }))
    const copy = new WorkingCopy(name, cluster, tree, header, shown)
    // Twice, since without it the journal cannot be read.
    if (header) for (let copies = 0; copies < 2; copies++) tree.area.note(['mount', { ...header, last: 0 }])
    copy.#base = base && { known: base, tree: tree.learn(base) }
    tree.reset(copy.#base?.tree, copy.#freshRoot(copy.#base))
    return copy
  }

  /**
   * Opens a working copy as an earlier server left it. Rejects with PachdError when pachd has to be asked for something
   * and does not answer; then it can be tried again.
   */
  static async resume(left: LeftChanges, cluster: WorkingCluster): Promise<WorkingCopy> {
    const tree = newTree(cluster, left.area)
    const { header, selection } = left
    const { base, latest, pending, damage } = await replayJournal(left, tree)
    const copy = new WorkingCopy(header.name, cluster, tree, header, selection)
    copy.#damage = damage
    copy.#base = base
    copy.#latest = latest
    copy.#pending = pending
    copy.#rewrite()
    if (pending?.open) void copy.#settleLater({ firstMs: 0 })
    return copy
  }

  /** What was lost of the changes that an earlier server left, in a sentence with what to do; undefined when nothing was. */
  get damage(): string | undefined {
    return this.#damage
  }

  /** The commit that the branch side of the working copy shows. It moves on to own commits when nobody else made one. */
  get commit(): CommitIdentity | undefined {
    return this.#base?.known.commit
  }

  /** Whether there is something to commit. */
  get hasChanges(): boolean {
    return !isEmptyPlan(planCommit(this.#tree))
  }

  /** A commit that may be the open head of the branch, of which it is not known how it ended. */
  get openCommit(): OpenCommit | undefined {
    return this.#pending?.open
  }

  /** How far the commit is that runs; undefined while none does. */
  get commitProgress(): Readonly<CommitProgress> | undefined {
    return this.#progress
  }

  /** What the next commit would change. Rejects with PachdError. */
  async changes(): Promise<Change[]> {
    return changesOf(await this.#plan(), this.#known?.tree)
  }

  /** How many changes there are; counted anew when something changed. Rejects with PachdError. */
  async countChanges(): Promise<ChangeCounts> {
    const { version } = this.#tree
    if (this.#counted?.version !== version) this.#counted = { version, counts: countChanges(await this.changes()) }
    return this.#counted.counts
  }

  /** The paths that somebody else changed on the branch, too: before the commit, or else before the last one. Rejects with PachdError. */
  async conflicts(): Promise<readonly string[]> {
    const { target } = this
    const plan = await this.#plan()
    const known = this.#known?.known.commit
    if (isEmptyPlan(plan) || !known || !target) return this.#conflicts
    const head = await headOf(this.#cluster.client, target)
    if (head === undefined || head === known.id) return this.#conflicts
    return conflictsOf(this.#cluster.client, plan, known, { ...target, id: head })
  }

  /**
   * Sends what changed since the last commit to the branch as one commit; without changes nothing is sent. Writers may
   * go on: what they write comes with the next commit. When it fails everything stays, and calling again is safe, also when
   * pachd made the commit and its answer was lost. Rejects with FsError or PachdError.
   */
  commitChanges(options: CommitOptions = {}): Promise<void> {
    return this.#inTurn(async () => {
      this.#watcher = options
      const { target } = this
      if (!target) throw new FsError('EINVAL', `${this.name} is not a branch`)
      await this.#settle()
      if (isEmptyPlan(await this.#plan())) return
      const after = await headOf(this.#cluster.client, target)
      this.#checkBranch(target, after)
      await this.#send(target, await this.#plan(), after, options.message)
    })
  }

  /** Throws changes away: all of them, or those of some paths. Rejects with FsError and PachdError. */
  discardChanges(paths?: readonly string[]): Promise<void> {
    return this.#inTurn(async () => {
      await this.#settle()
      const known = this.#known
      if (paths === undefined) {
        this.#base = known
        this.#latest = undefined
        discardAll(this.#tree, known?.tree, this.#freshRoot(known))
      } else {
        for (const path of paths) await discardPath(this.#tree, known?.tree, path, this.#selection)
      }
      this.#rewrite()
    })
  }

  /** Ends the use of it; its changes are found again by the next server. */
  close(): void {
    this.#isClosed = true
    this.#area.close()
  }

  /** Ends the use of it and throws its changes away. */
  discard(): Promise<void> {
    this.#isClosed = true
    return this.#inTurn(() => this.#area.remove())
  }

  /** What the branch held when it was last looked at. */
  get #known() {
    return this.#latest ?? this.#base
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work)
    this.#turn = result.catch(() => undefined)
    return result
  }

  async #plan(): Promise<CommitPlan> {
    await loadForPlan(this.#tree)
    return planCommit(this.#tree)
  }

  /** Throws FsError ESTALE once for a branch that was deleted: a commit would begin it again, with the changes alone. */
  #checkBranch({ repo, branch }: MountSource, head: string | undefined): void {
    const known = this.#known?.known.commit
    const wasNoticed = this.#isBranchLoss
    this.#isBranchLoss = head === undefined && known !== undefined
    if (!known || !this.#isBranchLoss || wasNoticed) return
    throw new FsError('ESTALE', `branch ${branch} of ${repo} was deleted; to go on from its last commit, make it again with the head ${known.id}; to begin it again with these changes alone, commit once more`)
  }

  async #send(target: MountSource, plan: CommitPlan, after: string | undefined, message: string | undefined): Promise<void> {
    if (isEmptyPlan(plan)) return
    // From here to the first wait is the moment of which the commit is the state.
    const open = message === undefined ? undefined : { target, message, mark: newMark() }
    this.#tree.recordCommit(['sending', after ?? null, message ?? null, open?.mark ?? null])
    const pending = new PendingCommit(plan, after, open)
    this.#pending = pending
    const sending = this.#sending(target, plan)
    this.#progress = sending.progress
    this.#watcher.begin?.(sending.progress)
    try {
      await this.#area.sync()
      if (open) this.#watcher.opens?.(open)
      await (open ? sendDescribed(sending, open, after) : sendPlan(sending))
    } catch (error) {
      if (!sending.isSent || !(leavesOutcomeOpen(error) || sending.isOpen)) this.#fail(pending, { isUncertain: false })
      else if (await this.#findLost().catch(() => false)) return
      else if (open) void this.#settleLater()
      throw error
    } finally {
      this.#progress = undefined
    }
    await this.#settle({ isKnown: true })
  }

  #sending(target: MountSource, plan: CommitPlan): Sending {
    return { client: this.#cluster.client, target, plan, contents: this.#contents, progress: progressOf(plan), treeOf: this.#treeOf, onSent: bytes => this.#watcher.sent?.(bytes) }
  }

  /** Whether pachd made the commit of which no answer came; it may still be at it. */
  async #findLost(): Promise<boolean> {
    for (let tries = 0; ; tries++) {
      const found = await this.#find(false)
      if (found) this.#done(found)
      if (found || tries >= LOST_ANSWER_TRIES) return found !== undefined
      await delay((this.#cluster.lostAnswerMs ?? LOST_ANSWER_MS) / LOST_ANSWER_TRIES)
    }
  }

  /** Finds out what became of the commit that was sent, if one was. */
  async #settle({ isKnown = false } = {}): Promise<void> {
    if (!this.#pending) return
    const found = isKnown ? await this.#find(isKnown) : undefined
    if (found) this.#done(found)
    else if (!(await this.#findLost())) this.#fail(this.#pending, { isUncertain: true })
  }

  /** Keeps asking how a commit with a message ended: until that is known, it may be the open head of the branch. */
  async #settleLater({ firstMs = FIRST_SETTLE_MS } = {}): Promise<void> {
    if (this.#isSettling) return
    this.#isSettling = true
    for (let waitMs = firstMs; this.#pending?.open && !this.#isClosed; waitMs = Math.min(2 * waitMs + FIRST_SETTLE_MS, LONGEST_SETTLE_MS)) {
      await delay(waitMs, undefined, { ref: false })
      await this.#inTurn(async () => (this.#isClosed ? undefined : this.#settle())).catch(() => undefined)
    }
    this.#isSettling = false
  }

  readonly #treeOf = ({ commit, madeAtMs }: KnownCommit): CommitTree => this.#cluster.trees.of(commit, madeAtMs)

  async #find(isKnown: boolean): Promise<Committed | undefined> {
    const { target } = this
    if (!target || !this.#pending) return undefined
    const { plan, after, open } = this.#pending
    if (!isKnown && open) await finishDescribed(this.#sending(target, plan), open, after)
    return findCommit({ client: this.#cluster.client, target, plan, contents: this.#contents, treeOf: this.#treeOf }, after, { isKnown })
  }

  #fail(pending: PendingCommit, { isUncertain }: { isUncertain: boolean }): void {
    this.#tree.recordFailed({ isUncertain })
    if (isUncertain) pending.giveUp(this.#tree)
    this.#pending = undefined
    pending.release(this.#area)
    if (pending.open) this.#watcher.ends?.(pending.open)
  }

  #done(committed: Committed): void {
    const pending = this.#pending
    if (!pending) return
    const { commit, madeAtMs, parent, isOpen } = committed
    const known = this.#known?.known.commit
    const isBase = parent === this.#base?.known.commit.id
    const own = { known: { commit, madeAtMs }, tree: this.#tree.learn({ commit, madeAtMs }) }
    this.#tree.recordDone(own.tree, { isBase, isOpen })
    this.#pending = undefined
    settleCommitted(this.#tree, pending.plan, own.tree, { isOpen })
    pending.release(this.#area)
    if (pending.open) this.#watcher.ends?.(pending.open)
    if (isBase) this.#base = own
    this.#latest = isBase ? undefined : own
    this.#rewrite()
    this.#conflicts = []
    if (parent !== undefined && known && parent !== known.id && commit.id !== known.id) void this.#noteConflicts(pending.plan, known, { ...commit, id: parent })
  }

  async #noteConflicts(plan: CommitPlan, from: CommitIdentity, to: CommitIdentity): Promise<void> {
    this.#conflicts = await conflictsOf(this.#cluster.client, plan, from, to).catch(() => [])
    if (this.#conflicts.length > 0) this.#watcher.conflicts?.(this.#conflicts)
  }

  #rewrite(): void {
    if (!this.#header || this.#pending) return
    const { records, commits } = snapshot(this.#tree, this.#header, this.#base?.tree, this.#latest?.tree)
    this.#area.rewrite(records)
    this.#tree.setNoted(commits)
  }

  #freshRoot(of: { readonly known: KnownCommit; readonly tree: CommitTree } | undefined) {
    return directoryNode({ branchPath: '/', ...(of && { origin: { tree: of.tree, path: '/', selection: this.#selection }, modifiedMs: of.known.madeAtMs }) })
  }
}

function newTree({ trees }: WorkingCluster, area: StageArea): WorkingTree {
  return new WorkingTree(area, ({ commit, madeAtMs }) => trees.of(commit, madeAtMs))
}
