/** Starting, finishing and removing commits, and how a branch gets its first one. */
import { ModelError, notFound, refused } from '../model-error.js'
import type { Rows } from '../store/store.js'
import { findCommit, parentOf, resolveCommit } from './commit-reference.js'
import type { Change } from './change.js'
import { checkBranchName, checkText, sameBranch, showBranch, showCommit } from './names.js'
import type { BranchName, CommitName, CommitReference, RepoName } from './names.js'
import { branchKey, commitKey, orderKey, repoKey, tables } from './records.js'
import type { BranchRecord, CommitOrigin, CommitRecord } from './records.js'
import { requireRepo } from './repos.js'

/** What a new commit is made of. */
export interface NewCommit {
  readonly branch: BranchName
  readonly origin: CommitOrigin
  readonly parent?: string
  readonly description?: string
  readonly provenance?: readonly CommitName[]
  readonly closed?: boolean
}

/** Makes a commit under the id of the change. Throws ALREADY_EXISTS for the second one of a repo. */
export function addCommit(change: Change, { branch, origin, parent, description = '', provenance = [], closed = false }: NewCommit): CommitRecord {
  const commit = { repo: branch.repo, id: change.setId }
  if (findCommit(change.rows, commit)) {
    throw new ModelError(
      'ALREADY_EXISTS',
      `commit ${showCommit(commit)} already exists\ninconsistent dependencies: cannot create commit from ${showCommit(commit)}; repo (${branch.repo.name}) already has a commit in this transaction`,
    )
  }
  const record: CommitRecord = {
    commit,
    branch: branch.name,
    origin,
    description,
    ...(parent !== undefined && { parent }),
    provenance,
    started: change.time,
    ...(closed && { finishing: change.time, finished: change.time, root: 0, baseRoot: 0 }),
    updatedAt: change.time,
    error: '',
    layers: [],
    size: 0,
    order: change.nextOrder(),
  }
  change.putCommit(record)
  return record
}

/** The branch of this name. */
export const findBranch = (rows: Rows, branch: BranchName): BranchRecord | undefined => tables.branches.get(rows, ...branchKey(branch))

/** Makes a branch or moves its head. */
export function setHead(change: Change, branch: BranchName, head: string): void {
  const existing = findBranch(change.rows, branch)
  const fresh = { branch, provenance: [], silent: [], createdAt: change.time, updatedAt: change.time, order: 0 }
  change.putBranch({ ...(existing ?? { ...fresh, order: change.nextOrder() }), head })
  change.moveHead(branch)
}

/** The heads that a branch with this provenance is built on now. */
export const provenanceHeads = (rows: Rows, provenance: readonly BranchName[]): CommitName[] =>
  provenance.flatMap(source => {
    const record = findBranch(rows, source)
    return record ? [{ repo: source.repo, id: record.head }] : []
  })

/** Starts a commit of a user on a branch, which is made when it is missing. */
export function startCommit(change: Change, { branch, parent, description }: { branch: BranchName | undefined; parent: CommitReference | undefined; description: string }): CommitRecord {
  if (!branch || branch.name === '') throw refused('branch must be specified')
  checkText(description, 'description')
  requireRepo(change.rows, branch.repo)
  const existing = findBranch(change.rows, branch)
  if (!existing) checkBranchName(branch.name)
  if (existing && existing.provenance.length > 0) throw refused(`cannot start a commit on an output branch: ${showBranch(branch)}`)
  try {
    const parentRecord = parent ? explicitParent(change.rows, parent) : existing && findCommit(change.rows, { repo: branch.repo, id: existing.head })
    // Two commits of one repo in a change: the more telling of the two errors.
    if (parentRecord && !parentRecord.finishing && parentRecord.commit.id !== change.setId) {
      throw refused(`parent commit ${showCommit(parentRecord.commit)} has not been finished`)
    }
    const record = addCommit(change, { branch, origin: 'USER', description, ...(parentRecord && { parent: parentRecord.commit.id }) })
    setHead(change, branch, record.commit.id)
    return record
  } catch (error) {
    throw ModelError.within('create commit', error)
  }
}

function explicitParent(rows: Rows, parent: CommitReference): CommitRecord {
  try {
    return resolveCommit(rows, parent)
  } catch (error) {
    throw ModelError.within('parent commit not found', error)
  }
}

/** Tells an open commit to finish; its content is put together afterwards. */
export function beginFinish(change: Change, record: CommitRecord, { description = '', error = '' }: { description?: string; error?: string }): void {
  if (record.finishing) throw alreadyFinished(record)
  checkText(description, 'description')
  checkText(error, 'error')
  change.putCommit({ ...record, finishing: change.time, error, ...(description !== '' && { description }) })
  change.finishing.push(record.commit)
}

/** The refusal to change a commit that is closed. */
export const alreadyFinished = ({ commit }: CommitRecord): ModelError => refused(`commit ${showCommit(commit)} has already finished`)

/** The commits whose parent this is. */
export const childrenOf = (rows: Rows, { commit }: CommitRecord): CommitRecord[] =>
  [...tables.commitChildren.list(rows, ...repoKey(commit.repo), commit.id)].flatMap(child => findCommit(rows, child) ?? [])

/** The commits built directly on this one, in other repos. */
export const subvenantCommits = (rows: Rows, commit: CommitName): CommitName[] => [...tables.commitSubvenance.list(rows, ...commitKey(commit))]

/** The tree that a child of this commit starts from; undefined while it is not finished. */
export function treeForChildren(record: CommitRecord): number | undefined {
  if (!record.finished) return undefined
  return record.error === '' ? record.root : record.baseRoot
}

/** The tree that this commit starts from; undefined while its parent is not finished. */
export function baseTree(rows: Rows, record: CommitRecord): number | undefined {
  const parent = parentOf(rows, record)
  return parent ? treeForChildren(parent) : 0
}

/** Removes a commit; its children become those of its parent, and branches that point to it go back to its parent. */
export function removeCommitRecord(change: Change, record: CommitRecord): void {
  const { rows } = change
  for (const child of childrenOf(rows, record)) {
    const { parent: _, ...orphan } = child
    change.putCommit(record.parent === undefined ? orphan : { ...orphan, parent: record.parent })
  }
  for (const sub of subvenantCommits(rows, record.commit)) {
    const subRecord = findCommit(rows, sub)
    if (subRecord) change.putCommit({ ...subRecord, provenance: subRecord.provenance.filter(source => showCommit(source) !== showCommit(record.commit)) })
  }
  const heads = [...tables.branches.list(rows, ...repoKey(record.commit.repo))].filter(({ head }) => head === record.commit.id)
  change.removeCommit(record)
  for (const branch of heads) {
    if (record.parent !== undefined) change.putBranch({ ...branch, head: record.parent })
    else giveEmptyHead(change, branch)
  }
}

/** A branch always has a head: an empty commit, open if the branch has provenance. */
export function giveEmptyHead(change: Change, branch: BranchRecord): void {
  const existing = findCommit(change.rows, { repo: branch.branch.repo, id: change.setId })
  const record =
    existing ??
    addCommit(change, {
      branch: branch.branch,
      origin: 'AUTO',
      provenance: provenanceHeads(change.rows, branch.provenance),
      closed: branch.provenance.length === 0,
    })
  change.putBranch({ ...branch, head: record.commit.id })
}

/** The commits of a repo, newest first or oldest first; of all repos when none is given. `after`: only those made later than this order. */
export function* commitsByAge(rows: Rows, { repo, reverse = false, after }: { repo?: RepoName; reverse?: boolean; after?: number }): Generator<CommitRecord, void, undefined> {
  const range = { reverse: !reverse, ...(after !== undefined && { after: orderKey(after) }) }
  const entries = repo ? tables.commitOrder.entries(rows, repoKey(repo), range) : tables.commitLog.entries(rows, [], range)
  for (const [, commit] of entries) {
    const record = findCommit(rows, commit)
    if (record) yield record
  }
}

/** The commits from this one back along the parents. */
export function* ancestorsFrom(rows: Rows, start: CommitRecord): Generator<CommitRecord, void, undefined> {
  for (let at: CommitRecord | undefined = start; at; at = parentOf(rows, at)) yield at
}

/** A branch as a value that can be compared. */
export const isBranchOf = (record: CommitRecord, branch: BranchName): boolean => sameBranch({ repo: record.commit.repo, name: record.branch }, branch)

/** The commit, read again. Throws when it was removed in the meantime. */
export function requireStillThere(rows: Rows, commit: CommitName): CommitRecord {
  const record = findCommit(rows, commit)
  if (!record) throw notFound(`commit ${showCommit(commit)} was deleted`)
  return record
}
