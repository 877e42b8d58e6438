/** How commits spread: a branch whose provenance moved gets an open commit of the same set. */
import type { Rows } from '../store/store.js'
import type { Change } from './change.js'
import { findCommit } from './commit-reference.js'
import { addCommit, findBranch, provenanceHeads } from './commits.js'
import { sameBranch, showBranch } from './names.js'
import type { BranchName } from './names.js'
import type { BranchRecord } from './records.js'
import { subvenantBranches } from './repos.js'

/** All branches that lead to this one, transitively; itself not among them. */
export function branchProvenance(rows: Rows, branch: BranchName): BranchName[] {
  return reach(branch, at => findBranch(rows, at)?.provenance ?? [])
}

/** All branches that this one leads to, transitively; itself not among them. */
export function branchSubvenance(rows: Rows, branch: BranchName): BranchName[] {
  return reach(branch, at => subvenantBranches(rows, at))
}

function reach(start: BranchName, next: (branch: BranchName) => readonly BranchName[]): BranchName[] {
  const found = new Map<string, BranchName>()
  const open = [start]
  for (let at = open.shift(); at; at = open.shift()) {
    for (const other of next(at)) {
      if (found.has(showBranch(other)) || sameBranch(other, start)) continue
      found.set(showBranch(other), other)
      open.push(other)
    }
  }
  return [...found.values()]
}

/** Makes the commits that follow from the heads that moved; at the end of every change. */
export function propagate(change: Change): void {
  const { rows } = change
  for (const branch of inOrder(rows, downstream(rows, change.moved.values()))) {
    if (hasOwnCommit(change, branch)) continue
    const record = addCommit(change, {
      branch: branch.branch,
      origin: 'AUTO',
      parent: branch.head,
      provenance: provenanceHeads(rows, branch.provenance),
    })
    change.putBranch({ ...branch, head: record.commit.id })
  }
  change.moved.clear()
}

/** Whether the change has a commit in the repo of a branch already; one that came by itself is built on the heads as they are by now. */
export function hasOwnCommit(change: Change, { branch, provenance }: BranchRecord): boolean {
  const own = findCommit(change.rows, { repo: branch.repo, id: change.setId })
  if (own?.origin === 'AUTO' && own.branch === branch.name && !own.finishing) change.putCommit({ ...own, provenance: provenanceHeads(change.rows, provenance) })
  return own !== undefined
}

/** The branches that the moved ones lead to along edges that are not silent. */
function downstream(rows: Rows, moved: Iterable<BranchName>): BranchRecord[] {
  const found = new Map<string, BranchRecord>()
  const open = [...moved]
  for (let at = open.shift(); at; at = open.shift()) {
    for (const sub of subvenantBranches(rows, at)) {
      const record = findBranch(rows, sub)
      const source = at
      if (!record || found.has(showBranch(sub)) || record.silent.some(silent => sameBranch(silent, source))) continue
      found.set(showBranch(sub), record)
      open.push(sub)
    }
  }
  return [...found.values()]
}

/** Provenance first, so that every commit finds the new heads that it is built on. */
function inOrder(rows: Rows, branches: readonly BranchRecord[]): BranchRecord[] {
  const depth = new Map(branches.map(({ branch }) => [showBranch(branch), branchProvenance(rows, branch).length]))
  return [...branches].sort((a, b) => (depth.get(showBranch(a.branch)) ?? 0) - (depth.get(showBranch(b.branch)) ?? 0))
}
