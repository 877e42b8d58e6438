/** Between the messages of pachd's wire and the values of the model. */
import type { auth, pfs } from '@jupyterlab-pachyderm/pachd-proto'

import { ModelError, refused } from '../model-error.js'
import type { Rows } from '../store/store.js'
import { childrenOf, subvenantCommits } from '../model/commits.js'
import { findCommit } from '../model/commit-reference.js'
import type { FileView, Item } from '../model/file-view.js'
import { DEFAULT_PROJECT, USER_REPO } from '../model/names.js'
import type { BranchName, CommitName, CommitReference, RepoName } from '../model/names.js'
import { branchProvenance, branchSubvenance } from '../model/propagation.js'
import type { BranchRecord, CommitRecord, Moment, ProjectRecord, RepoRecord, TriggerRecord } from '../model/records.js'
import { branchesOf } from '../model/repos.js'
import type { Resource } from '../model/role-bindings.js'

/** The repo of a message; parts that are missing take their defaults, a project in the name counts (pachctl 2.9 sends it). */
export function fromRepo(repo: pfs.Repo | undefined): RepoName {
  const [project, name] = /^([^/]+)\/(.+)$/.exec(repo?.name ?? '')?.slice(1) ?? [repo?.project?.name, repo?.name]
  return { project: project === undefined || project === '' ? DEFAULT_PROJECT : project, name: name ?? '', type: repo?.type === undefined || repo.type === '' ? USER_REPO : repo.type }
}

export const fromBranch = (branch: pfs.Branch): BranchName => ({ repo: fromRepo(branch.repo), name: branch.name })

/** The reference of a message. Clients up to 2.9 name the repo in the branch only. Throws UNKNOWN without a repo. */
export function fromCommit(commit: pfs.Commit | undefined): CommitReference {
  if (!commit) throw refused('commit cannot be nil')
  const repo = commit.repo ?? commit.branch?.repo
  if (!repo) throw refused('commit must have a repo')
  return { repo: fromRepo(repo), id: commit.id, branch: commit.branch?.name ?? '' }
}

/** A field that the wire contract says must be set. Throws INVALID_ARGUMENT. */
export function required<T>(value: T | undefined, message: string, field: string): T {
  if (value === undefined) throw new ModelError('INVALID_ARGUMENT', `validate request: invalid ${message}.${field}: value is required`)
  return value
}

export const toRepo = ({ project, name, type }: RepoName): pfs.Repo => ({ name, type, project: { name: project } })
export const toBranch = ({ repo, name }: BranchName): pfs.Branch => ({ repo: toRepo(repo), name })

/** A commit with its branch, which clients up to 2.9 read. */
export function toCommit({ repo, id }: CommitName, branch: string): pfs.Commit {
  return { repo: toRepo(repo), id, branch: { repo: toRepo(repo), name: branch } }
}

/** The same for a commit that is known by name only. */
export const toNamedCommit = (rows: Rows, commit: CommitName): pfs.Commit => toCommit(commit, findCommit(rows, commit)?.branch ?? '')

const toTime = (moment: Moment | undefined) => moment && { seconds: moment.seconds, nanos: moment.nanos }

/** A commit with its neighbours. */
export function toCommitInfo(rows: Rows, record: CommitRecord): pfs.CommitInfo {
  return {
    commit: toCommit(record.commit, record.branch),
    origin: { kind: record.origin },
    description: record.description,
    parentCommit: record.parent === undefined ? undefined : toNamedCommit(rows, { repo: record.commit.repo, id: record.parent }),
    childCommits: childrenOf(rows, record).map(child => toCommit(child.commit, child.branch)),
    started: toTime(record.started),
    finishing: toTime(record.finishing),
    finished: toTime(record.finished),
    directProvenance: record.provenance.map(source => toNamedCommit(rows, source)),
    directSubvenance: subvenantCommits(rows, record.commit).map(sub => toNamedCommit(rows, sub)),
    error: record.error,
    sizeBytesUpperBound: record.size,
    details: { sizeBytes: record.size, compactingTime: undefined, validatingTime: undefined },
    metadata: { ...record.metadata },
    createdBy: '',
    createdAt: toTime(record.started),
    updatedAt: toTime(record.updatedAt),
  }
}

/** A branch with what it is built on and what is built on it. */
export function toBranchInfo(rows: Rows, record: BranchRecord): pfs.BranchInfo {
  return {
    branch: toBranch(record.branch),
    head: toNamedCommit(rows, { repo: record.branch.repo, id: record.head }),
    provenance: branchProvenance(rows, record.branch).map(toBranch),
    subvenance: branchSubvenance(rows, record.branch).map(toBranch),
    directProvenance: record.provenance.map(toBranch),
    trigger: record.trigger,
    metadata: { ...record.metadata },
    createdBy: '',
    createdAt: toTime(record.createdAt),
    updatedAt: toTime(record.updatedAt),
    branchPropagationSpecs: record.silent.map(branch => ({ branch: toBranch(branch), propagationSpec: { never: true } })),
  }
}

/** The bytes of the head of `master`, if that is finished. */
export function repoSize(rows: Rows, repo: RepoName): number {
  const head = branchesOf(rows, repo).find(({ branch }) => branch.name === 'master')?.head
  return (head === undefined ? undefined : findCommit(rows, { repo, id: head })?.size) ?? 0
}

/** A repo; a listing has an upper bound of the size, an inspection the size. */
export function toRepoInfo(rows: Rows, record: RepoRecord, { inspected, authInfo }: { inspected: boolean; authInfo: pfs.AuthInfo | undefined }): pfs.RepoInfo {
  const size = repoSize(rows, record.repo)
  return {
    repo: toRepo(record.repo),
    created: toTime(record.created),
    sizeBytesUpperBound: inspected ? 0 : size,
    description: record.description,
    branches: branchesOf(rows, record.repo).map(({ branch }) => toBranch(branch)),
    authInfo,
    details: inspected ? { sizeBytes: size } : undefined,
    metadata: { ...record.metadata },
  }
}

export function toProjectInfo(record: ProjectRecord, authInfo: pfs.AuthInfo | undefined): pfs.ProjectInfo {
  return { project: { name: record.name }, description: record.description, authInfo, createdAt: toTime(record.createdAt), metadata: { ...record.metadata }, createdBy: record.createdBy }
}

export const fromTrigger = (trigger: pfs.Trigger | undefined): TriggerRecord | undefined => trigger && { ...trigger }

/** What a file is part of: the commit as it is shown, and when that was finished. */
export interface FileOrigin {
  readonly commit: pfs.Commit
  readonly committed: Moment | undefined
}

/** A file or directory with its size and hash. */
export function toFileInfo(view: FileView, item: Item, origin: FileOrigin): pfs.FileInfo | Promise<pfs.FileInfo> {
  const info = (hash: Uint8Array): pfs.FileInfo => ({
    file: { commit: origin.commit, path: item.path, datum: item.kind === 'file' ? item.datum : '' },
    fileType: item.kind === 'file' ? 'FILE' : 'DIR',
    committed: toTime(origin.committed),
    sizeBytes: view.sizeOf(item),
    hash,
  })
  const hash = view.hashOf(item)
  return hash instanceof Promise ? hash.then(info) : info(hash)
}

/** The resource of a message. Throws INVALID_ARGUMENT for one that cannot be. */
export function fromResource(resource: auth.Resource | undefined, message: string): Resource {
  const { type, name } = required(resource, message, 'Resource')
  if (name.length > 1200 || name.includes('\0')) throw new ModelError('INVALID_ARGUMENT', 'the name of the resource is too long or has a NUL')
  if (type === 'CLUSTER') return { type, name: '' }
  if (type === 'PROJECT' || type === 'SPEC_REPO' || type === 'REPO') return { type, name: type === 'PROJECT' || name.includes('/') ? name : `${DEFAULT_PROJECT}/${name}` }
  throw new ModelError('INVALID_ARGUMENT', `unknown resource type ${type}`)
}

