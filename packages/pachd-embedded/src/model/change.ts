/** One change of the model: what happens in one store write, under one commit set id and at one moment. */
import type { WritableRows } from '../store/store.js'
import { branchKey, commitKey, now, orderKey, repoKey, tables } from './records.js'
import type { BranchRecord, CommitRecord, Moment } from './records.js'
import type { BranchName, CommitName } from './names.js'
import { newId } from './names.js'

/** The subject that acts when auth is off. */
export const NOBODY = ''

/** A store write with what the rules need to know about it. */
export class Change {
  readonly time: Moment = now()
  /** Branches whose head moved; commits spread from them when the change is settled. */
  readonly moved = new Map<string, BranchName>()
  /** Commits that were told to finish. */
  readonly finishing: CommitName[] = []

  constructor(
    readonly rows: WritableRows,
    /** Who asks for the change, to become the owner of what is made; NOBODY when auth is off. */
    readonly caller: string = NOBODY,
    /** The id of all commits that the change makes. */
    readonly setId: string = newId(),
  ) {}

  /** The next number in the order of making. */
  nextOrder(): number {
    const order = Number(tables.meta.get(this.rows, 'order') ?? 0) + 1
    tables.meta.put(this.rows, ['order'], order)
    return order
  }

  /** Remembers that a branch has a new head. */
  moveHead(branch: BranchName): void {
    this.moved.set(branchKey(branch).join('\0'), branch)
  }

  putBranch(record: BranchRecord): void {
    const key = branchKey(record.branch)
    const before = tables.branches.get(this.rows, ...key)
    for (const source of before?.provenance ?? []) tables.branchSubvenance.remove(this.rows, ...branchKey(source), ...key)
    for (const source of record.provenance) tables.branchSubvenance.put(this.rows, [...branchKey(source), ...key], record.branch)
    tables.branches.put(this.rows, key, { ...record, updatedAt: this.time })
  }

  removeBranch(record: BranchRecord): void {
    const key = branchKey(record.branch)
    for (const source of record.provenance) tables.branchSubvenance.remove(this.rows, ...branchKey(source), ...key)
    tables.branches.remove(this.rows, ...key)
  }

  /** Writes a commit and everything that leads to it. */
  putCommit(record: CommitRecord): void {
    const { commit } = record
    const key = commitKey(commit)
    const before = tables.commits.get(this.rows, ...key)
    if (!before) {
      tables.commitOrder.put(this.rows, [...repoKey(commit.repo), orderKey(record.order)], commit)
      tables.commitLog.put(this.rows, [orderKey(record.order)], commit)
      tables.commitSets.put(this.rows, [commit.id, ...repoKey(commit.repo)], commit)
    }
    for (const source of before?.provenance ?? []) tables.commitSubvenance.remove(this.rows, ...commitKey(source), ...key)
    for (const source of record.provenance) tables.commitSubvenance.put(this.rows, [...commitKey(source), ...key], commit)
    if (before?.parent !== record.parent) {
      if (before?.parent) tables.commitChildren.remove(this.rows, ...repoKey(commit.repo), before.parent, commit.id)
      if (record.parent) tables.commitChildren.put(this.rows, [...repoKey(commit.repo), record.parent, commit.id], commit)
    }
    tables.commits.put(this.rows, key, { ...record, updatedAt: this.time })
  }

  /** Removes a commit and everything that leads to it; its children are the caller's business. */
  removeCommit(record: CommitRecord): void {
    const { commit } = record
    const key = commitKey(commit)
    tables.commits.remove(this.rows, ...key)
    tables.commitOrder.remove(this.rows, ...repoKey(commit.repo), orderKey(record.order))
    tables.commitLog.remove(this.rows, orderKey(record.order))
    tables.commitSets.remove(this.rows, commit.id, ...repoKey(commit.repo))
    if (record.parent) tables.commitChildren.remove(this.rows, ...repoKey(commit.repo), record.parent, commit.id)
    for (const source of record.provenance) tables.commitSubvenance.remove(this.rows, ...commitKey(source), ...key)
    tables.commitSubvenance.clear(this.rows, ...key)
  }
}
