/** pfs_v2, the methods that walk along provenance: of branches and of commits, towards the sources or away from them. */
import type { pfs } from '@jupyterlab-pachyderm/pachd-proto'

import { ModelError } from '../model-error.js'
import { authorize } from '../model/auth.js'
import { requireBranch } from '../model/branches.js'
import { findCommit } from '../model/commit-reference.js'
import { findBranch, subvenantCommits } from '../model/commits.js'
import { showBranch, showCommit } from '../model/names.js'
import type { BranchName, CommitName } from '../model/names.js'
import { repoResource, subvenantBranches } from '../model/repos.js'
import type { Call } from './call.js'
import { branchOf, pickCommit } from './pickers.js'
import type { PfsContext } from './pfs-context.js'
import { toBranchInfo, toCommitInfo } from './wire.js'

/** How far a walk goes; 0 is without end. */
interface Reach {
  readonly most: number
  readonly depth: number
}

/** What can be reached, the nearest first, each once; where the walk starts is not among it. */
function* walk<T>(start: T, nameOf: (one: T) => string, next: (one: T) => readonly T[], { most, depth }: Reach): Generator<T, void, undefined> {
  const seen = new Set([nameOf(start)])
  let given = 0
  for (let level = [start], steps = 1; level.length > 0 && (depth === 0 || steps <= depth); steps++) {
    const beyond: T[] = []
    for (const one of level.flatMap(next)) {
      if (seen.has(nameOf(one))) continue
      seen.add(nameOf(one))
      yield one
      if (++given === most) return
      beyond.push(one)
    }
    level = beyond
  }
}

function within<T>(outer: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw ModelError.within(outer, error)
  }
}

/** Walking methods of pfs_v2. */
export function walkMethods({ pachd }: PfsContext) {
  const { rows } = pachd

  function* branches(start: readonly pfs.BranchPicker[], next: (branch: BranchName) => readonly BranchName[], reach: Reach, { caller }: Call): Generator<pfs.BranchInfo, void, undefined> {
    for (const picker of start) {
      const { branch } = requireBranch(rows, branchOf(picker))
      authorize(rows, caller, repoResource(branch.repo), 'REPO_LIST_BRANCH')
      for (const reached of walk(branch, showBranch, next, reach)) {
        authorize(rows, caller, repoResource(reached.repo), 'REPO_LIST_BRANCH')
        const record = findBranch(rows, reached)
        if (record) yield toBranchInfo(rows, record)
      }
    }
  }

  function* commits(start: readonly pfs.CommitPicker[], next: (commit: CommitName) => readonly CommitName[], reach: Reach, { caller, what }: { caller: string; what: string }): Generator<pfs.CommitInfo, void, undefined> {
    for (const picker of start) {
      const { commit } = within(what, () => pickCommit(rows, picker))
      authorize(rows, caller, repoResource(commit.repo), 'REPO_INSPECT_COMMIT')
      for (const reached of walk(commit, showCommit, next, reach)) {
        authorize(rows, caller, repoResource(reached.repo), 'REPO_INSPECT_COMMIT')
        const record = findCommit(rows, reached)
        if (record) yield toCommitInfo(rows, record)
      }
    }
  }

  return {
    walkBranchProvenance: ({ start, maxBranches, maxDepth }: pfs.WalkBranchProvenanceRequest, call: Call) =>
      branches(start, branch => findBranch(rows, branch)?.provenance ?? [], { most: maxBranches, depth: maxDepth }, call),
    walkBranchSubvenance: ({ start, maxBranches, maxDepth }: pfs.WalkBranchSubvenanceRequest, call: Call) =>
      branches(start, branch => subvenantBranches(rows, branch), { most: maxBranches, depth: maxDepth }, call),
    walkCommitProvenance: ({ start, maxCommits, maxDepth }: pfs.WalkCommitProvenanceRequest, { caller }: Call) =>
      commits(start, commit => findCommit(rows, commit)?.provenance ?? [], { most: maxCommits, depth: maxDepth }, { caller, what: 'walk commit provenance' }),
    walkCommitSubvenance: ({ start, maxCommits, maxDepth }: pfs.WalkCommitSubvenanceRequest, { caller }: Call) =>
      commits(start, commit => subvenantCommits(rows, commit), { most: maxCommits, depth: maxDepth }, { caller, what: 'walk commit subvenance' }),
  }
}
