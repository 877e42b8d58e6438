/** The requests that can be part of a transaction, each as what it does to the model inside of one change. */
import type { pfs, transaction } from '@jupyterlab-pachyderm/pachd-proto'

import { ModelError, refused } from '../model-error.js'
import { authorize, isAuthorized } from '../model/auth.js'
import { createBranch, deleteBranch } from '../model/branches.js'
import type { Change } from '../model/change.js'
import { resolveCommit } from '../model/commit-reference.js'
import { removeSet } from '../model/commit-sets.js'
import { beginFinish, startCommit } from '../model/commits.js'
import { repoKey, tables } from '../model/records.js'
import type { CommitRecord } from '../model/records.js'
import { createRepo, deleteRepo, repoResource } from '../model/repos.js'
import { CLUSTER } from '../model/role-bindings.js'
import { putPipeline } from './pipeline-spec.js'
import { fromBranch, fromCommit, fromRepo, fromTrigger, required } from './wire.js'

export function runCreateRepo(change: Change, { repo, description, update }: pfs.CreateRepoRequest): void {
  const name = fromRepo(repo)
  const existing = tables.repos.get(change.rows, ...repoKey(name))
  if (!existing && tables.projects.get(change.rows, name.project)) {
    try {
      authorize(change.rows, change.caller, { type: 'PROJECT', name: name.project }, 'PROJECT_CREATE_REPO')
    } catch (error) {
      throw ModelError.within('failed to create repo', error)
    }
  }
  if (existing && update && existing.description !== description) authorize(change.rows, change.caller, repoResource(name), 'REPO_WRITE')
  createRepo(change, { repo: name, description, update })
}

export function runDeleteRepo(change: Change, { repo, force }: pfs.DeleteRepoRequest): boolean {
  if (!repo) return false
  const name = fromRepo(repo)
  if (!isAuthorized(change.rows, change.caller, repoResource(name), 'REPO_DELETE')) return false
  return deleteRepo(change, name, { force })
}

export function runStartCommit(change: Change, { branch, parent, description }: pfs.StartCommitRequest): CommitRecord {
  try {
    const name = branch && fromBranch(branch)
    if (name && name.name !== '' && tables.repos.get(change.rows, ...repoKey(name.repo))) authorize(change.rows, change.caller, repoResource(name.repo), 'REPO_WRITE')
    return startCommit(change, { branch: name, parent: parent && fromCommit(parent), description })
  } catch (error) {
    throw ModelError.within('start commit in transaction', error)
  }
}

export function runFinishCommit(change: Change, { commit, description, error, force }: pfs.FinishCommitRequest): void {
  if (!commit) throw refused('check new file commit: commit cannot be nil')
  const reference = fromCommit(commit)
  let record: CommitRecord
  try {
    record = resolveCommit(change.rows, reference)
  } catch (cause) {
    throw ModelError.within('finish commit in transaction', cause)
  }
  authorize(change.rows, change.caller, repoResource(record.commit.repo), 'REPO_WRITE')
  if (!force && tables.pipelines.get(change.rows, record.commit.repo.project, record.commit.repo.name)) {
    throw refused("cannot finish a pipeline output or meta commit, use 'stop job' instead")
  }
  beginFinish(change, record, { description, error })
}

export function runCreateBranch(change: Change, request: pfs.CreateBranchRequest): void {
  if (!request.branch) throw refused('branch cannot be nil')
  const branch = fromBranch(request.branch)
  const provenance = request.provenance.map(fromBranch)
  if (tables.repos.get(change.rows, ...repoKey(branch.repo))) authorize(change.rows, change.caller, repoResource(branch.repo), 'REPO_CREATE_BRANCH')
  for (const source of provenance) {
    if (tables.repos.get(change.rows, ...repoKey(source.repo))) authorize(change.rows, change.caller, repoResource(source.repo), 'REPO_READ')
  }
  createBranch(change, {
    branch,
    head: request.head && fromCommit(request.head),
    provenance,
    silent: request.branchPropagationSpecs.flatMap(({ branch: source, propagationSpec }) => (source && propagationSpec?.never ? fromBranch(source) : [])),
    trigger: fromTrigger(request.trigger),
  })
}

export function runDeleteBranch(change: Change, request: pfs.DeleteBranchRequest): void {
  const branch = fromBranch(required(request.branch, 'DeleteBranchRequest', 'Branch'))
  if (tables.repos.get(change.rows, ...repoKey(branch.repo))) authorize(change.rows, change.caller, repoResource(branch.repo), 'REPO_DELETE_BRANCH')
  deleteBranch(change, branch, { force: request.force })
}

export function runSquashCommitSet(change: Change, { commitSet }: pfs.SquashCommitSetRequest): void {
  if (!commitSet) throw refused('commitset cannot be nil')
  authorize(change.rows, change.caller, CLUSTER, 'REPO_DELETE_COMMIT')
  removeSet(change, commitSet.id, 'squash')
}

/** What a request did, as far as somebody is told. */
export interface Outcome {
  /** The commit that it started. */
  readonly commit?: CommitRecord
  /** Whether it deleted the repo; it does not when there is none, or when the caller may not. */
  readonly deleted?: boolean
}

/** Runs one request of a transaction. */
export function runRequest(change: Change, request: transaction.TransactionRequest): Outcome {
  if (request.startCommit) return { commit: runStartCommit(change, request.startCommit) }
  if (request.deleteRepo) return { deleted: runDeleteRepo(change, request.deleteRepo) }
  if (request.createRepo) runCreateRepo(change, request.createRepo)
  else if (request.finishCommit) runFinishCommit(change, request.finishCommit)
  else if (request.squashCommitSet) runSquashCommitSet(change, request.squashCommitSet)
  else if (request.createBranch) runCreateBranch(change, request.createBranch)
  else if (request.deleteBranch) runDeleteBranch(change, request.deleteBranch)
  else if (request.createPipelineV2?.createPipelineRequest) putPipeline(change, request.createPipelineV2.createPipelineRequest, request.createPipelineV2)
  else if (request.updateJobState ?? request.stopJob) throw new ModelError('UNIMPLEMENTED', 'pachd-embedded runs no jobs, so there is none to stop or to report on')
  else throw refused('unrecognized transaction request')
  return {}
}

/** Runs the requests of a transaction in order. */
export function runRequests(change: Change, requests: readonly transaction.TransactionRequest[]): Outcome[] {
  return requests.map((request, i) => {
    try {
      return runRequest(change, request)
    } catch (error) {
      throw ModelError.within(`error running request ${i + 1} of ${requests.length}`, error)
    }
  })
}
