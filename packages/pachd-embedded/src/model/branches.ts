/** Making, changing and deleting branches. */
import { ModelError, notFound, refused } from '../model-error.js'
import type { Rows } from '../store/store.js'
import type { Change } from './change.js'
import { findCommit, resolveCommit } from './commit-reference.js'
import { addCommit, findBranch, giveEmptyHead, provenanceHeads, setHead } from './commits.js'
import { checkBranchName, sameBranch, sameRepo, showBranch, showRepo } from './names.js'
import type { BranchName, CommitReference } from './names.js'
import { branchProvenance, branchSubvenance, hasOwnCommit } from './propagation.js'
import { commitKey, repoKey, tables } from './records.js'
import type { BranchRecord, TriggerRecord } from './records.js'
import { detachSubvenance, subvenantBranches } from './repos.js'
import { checkTrigger } from './triggers.js'

/** The branch of this name. Throws NOT_FOUND. */
export function requireBranch(rows: Rows, branch: BranchName): BranchRecord {
  const record = findBranch(rows, branch)
  if (record) return record
  const missingRepo = tables.repos.get(rows, ...repoKey(branch.repo)) ? '' : `repo ${showRepo(branch.repo)} not found\n`
  throw notFound(`${missingRepo}branch (id=0, branch=${showBranch(branch)}) not found\nbranch "${branch.name}" not found in repo ${showRepo(branch.repo)}`)
}

/** What CreateBranch asks for. */
export interface BranchRequest {
  readonly branch: BranchName
  readonly head: CommitReference | undefined
  readonly provenance: readonly BranchName[]
  readonly silent: readonly BranchName[]
  readonly trigger: TriggerRecord | undefined
}

/** Makes a branch, or gives an existing one another head, provenance or trigger. */
export function createBranch(change: Change, request: BranchRequest): void {
  const { rows } = change
  const { branch, head, trigger } = request
  const provenance = withoutRepeats(request.provenance)
  const existing = findBranch(rows, branch)
  if (!existing) checkBranchName(branch.name)
  if (head && !sameRepo(head.repo, branch.repo)) throw refused('branch and head commit must belong to the same repo')
  if (trigger && provenance.length > 0) throw refused('a branch cannot have both provenance and a trigger')
  const headRecord = head && resolveHead(rows, head)
  if (!tables.repos.get(rows, ...repoKey(branch.repo))) {
    throw notFound(`get commit by commit key: repo ${showRepo(branch.repo)} not found\ncommit ${showRepo(branch.repo)}@${change.setId} not found`)
  }
  checkProvenance(change, branch, provenance)
  const keptTrigger = trigger ?? existing?.trigger
  if (keptTrigger && provenance.length > 0) throw refused('a branch cannot have both provenance and a trigger')
  if (trigger) checkTrigger(rows, branch, trigger)

  const changed = !existing || !sameBranches(existing.provenance, provenance)
  const fresh = { branch, head: '', createdAt: change.time, updatedAt: change.time, order: 0 }
  const record: BranchRecord = {
    ...(existing ?? { ...fresh, order: change.nextOrder() }),
    provenance,
    silent: request.silent,
    ...(keptTrigger && { trigger: keptTrigger }),
    ...(headRecord && { head: headRecord.commit.id }),
  }
  change.putBranch(record)
  checkOneBranchOfARepo(rows, branch)
  if (record.head === '') {
    giveEmptyHead(change, record)
    change.moveHead(branch)
  } else if (changed && provenance.length > 0 && !hasOpenAutoHead(change, record)) {
    const commit = addCommit(change, { branch, origin: 'AUTO', parent: record.head, provenance: provenanceHeads(rows, provenance) })
    setHead(change, branch, commit.commit.id)
  } else if (headRecord && existing?.head !== headRecord.commit.id) {
    change.moveHead(branch)
  }
}

/** Whether the head came by itself in this change; then it is built on the new provenance, and no other one is needed. */
function hasOpenAutoHead(change: Change, record: BranchRecord): boolean {
  const head = findCommit(change.rows, { repo: record.branch.repo, id: record.head })
  return head?.commit.id === change.setId && head.origin === 'AUTO' && !head.finishing && hasOwnCommit(change, record)
}

function resolveHead(rows: Rows, head: CommitReference) {
  try {
    return resolveCommit(rows, head)
  } catch (error) {
    throw ModelError.within(`unable to inspect ${showRepo(head.repo)}@${head.id || head.branch}`, error)
  }
}

function withoutRepeats(branches: readonly BranchName[]): BranchName[] {
  return branches.filter((branch, at) => branches.findIndex(other => sameBranch(other, branch)) === at)
}

const sameBranches = (a: readonly BranchName[], b: readonly BranchName[]): boolean => a.length === b.length && a.every(one => b.some(other => sameBranch(one, other)))

/** Sees to it that the branches of a provenance exist and do not lead back. */
function checkProvenance(change: Change, branch: BranchName, provenance: readonly BranchName[]): void {
  const { rows } = change
  for (const source of provenance) {
    if (sameRepo(source.repo, branch.repo)) throw refused(`repo ${showRepo(branch.repo)} cannot be in the provenance of its own branch`)
    if (branchProvenance(rows, source).some(other => sameBranch(other, branch))) {
      throw refused(`branch ${showBranch(source)} cannot be in the provenance of ${showBranch(branch)}: the other way round it is already`)
    }
    if (findBranch(rows, source)) continue
    if (!tables.repos.get(rows, ...repoKey(source.repo))) {
      throw notFound(`create empty commit: get commit by commit key: repo ${showRepo(source.repo)} not found\ncommit ${showRepo(source.repo)}@${change.setId} not found`)
    }
    checkBranchName(source.name)
    const record = { branch: source, head: '', provenance: [], silent: [], createdAt: change.time, updatedAt: change.time, order: change.nextOrder() }
    change.putBranch(record)
    giveEmptyHead(change, record)
  }
}

function checkOneBranchOfARepo(rows: Rows, branch: BranchName): void {
  for (const member of [branch, ...branchSubvenance(rows, branch)]) {
    const byRepo = new Map<string, BranchName>()
    for (const one of [member, ...branchProvenance(rows, member)]) {
      const other = byRepo.get(showRepo(one.repo))
      if (other) throw refused(`multiple branches from the same repo, ${showRepo(one.repo)}, cannot participate in a DAG`)
      byRepo.set(showRepo(one.repo), one)
    }
  }
}

/** Deletes a branch; its commits stay. */
export function deleteBranch(change: Change, branch: BranchName, { force }: { force: boolean }): void {
  const { rows } = change
  const record = findBranch(rows, branch)
  if (!record) throw notFound(`get branch "${showBranch(branch)}": branch (id=0, branch=${showBranch(branch)}) not found`)
  if (!force) checkDeletable(rows, record)
  detachSubvenance(change, branch)
  for (const other of [...tables.branches.list(rows, ...repoKey(branch.repo))]) {
    const { trigger, ...untriggered } = other
    if (trigger?.branch === branch.name) change.putBranch(untriggered)
  }
  change.removeBranch(record)
  for (const commit of [...tables.commits.list(rows, ...repoKey(branch.repo))]) {
    if (commit.branch === branch.name) tables.commits.put(rows, commitKey(commit.commit), { ...commit, branch: '' })
  }
}

function checkDeletable(rows: Rows, { branch, trigger }: BranchRecord): void {
  const refuse = (why: string) => refused(`branch "${showBranch(branch)}" cannot be deleted because it${why}`)
  const subvenant = subvenantBranches(rows, branch)
  if (subvenant.length > 0) throw refuse(`'s in the direct provenance of [${subvenant.map(showBranch).join(' ')}]`)
  if (trigger) throw refuse(` is triggered by branches [${showBranch({ repo: branch.repo, name: trigger.branch })}]`)
  const triggered = [...tables.branches.list(rows, ...repoKey(branch.repo))].filter(other => other.trigger?.branch === branch.name)
  if (triggered.length > 0) throw refuse(` triggers branches [${triggered.map(other => showBranch(other.branch)).join(' ')}]`)
}
