/** A requested mount, checked against the cluster before anything is mounted. */
import type { MountSpec } from '@jupyterlab-pachyderm/mount-api'
import { checkMountName, type CommitIdentity, FsError, type MountSource } from '@jupyterlab-pachyderm/mount-fs'
import { branchReference, isNotFound, PachdError, type PachdClient, projectExists, repoReference } from '@jupyterlab-pachyderm/pachd-client'

import { viewCommit } from './commit-view.js'
import { MountError } from './errors.js'
import { authorizationOf } from './repo-listing.js'

/** A mount that may be made. */
export interface CheckedMount {
  readonly name: string
  readonly source: MountSource
  readonly mode: 'ro' | 'rw'
  readonly paths: readonly string[]
  /** Undefined for a branch without commits, which only `rw` may mount. */
  readonly commit: CommitIdentity | undefined
  readonly committedMs: number
  /** Whether the request names this commit, and not only its branch. */
  readonly namesCommit?: boolean
  /** Whether it moves on with its branch. */
  readonly follow: boolean
}

const COMMIT_ID = /^[0-9a-f]{12}4[0-9a-f]{19}$/

/** Fills in defaults and asks pachd for the source. Throws MountError BAD_REQUEST that names the mount. */
export async function checkMount(client: PachdClient, spec: MountSpec): Promise<CheckedMount> {
  try {
    return await check(client, spec)
  } catch (cause) {
    if (cause instanceof MountError && cause.code !== 'BAD_REQUEST') throw cause
    if (!(cause instanceof MountError || cause instanceof FsError) && !isRefusal(cause)) throw cause
    throw new MountError('BAD_REQUEST', `mount "${spec.name}" of repo "${spec.repo}": ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/** Answers about what was asked for, as opposed to a pachd that is away. */
function isRefusal(error: unknown): boolean {
  const { code } = PachdError.from(error)
  return isNotFound(error) || code === 'PERMISSION_DENIED' || code === 'INVALID_ARGUMENT' || code === 'UNKNOWN'
}

async function check(client: PachdClient, spec: MountSpec): Promise<CheckedMount> {
  const { name, repo, mode = 'ro' } = spec
  if (name === '') throw new MountError('BAD_REQUEST', 'no name specified')
  if (repo === '') throw new MountError('BAD_REQUEST', 'no repo specified')
  checkMountName(name)
  const project = spec.project || 'default'
  const commitId = mode === 'rw' ? '' : (spec.commit ?? '')
  const branch = spec.branch || (commitId === '' ? 'master' : '')
  if (commitId !== '' && !COMMIT_ID.test(commitId)) throw new MountError('BAD_REQUEST', `"${commitId}" is not a commit id; it should be 32 hexadecimal digits`)
  const follow = spec.follow ?? false
  if (follow && mode === 'rw') throw new MountError('BAD_REQUEST', 'a mount with mode "rw" stays at its commit and cannot follow the branch; use mode "ro"')
  if (follow && commitId !== '') throw new MountError('BAD_REQUEST', 'a commit does not change, so there is nothing to follow; name a branch instead')
  const paths = spec.paths ?? spec.files ?? (spec.path ? [spec.path] : ['/'])
  // A pachd without projects would show the repo of that name in its only one.
  if (project !== 'default' && !(await projectExists(client, project))) throw new MountError('BAD_REQUEST', `there is no project "${project}"`)
  const found = mode === 'rw' ? await writableHead(client, project, repo, branch) : await viewCommit(client, { project, repo, branch, id: commitId })
  return { name, source: { project, repo, branch }, mode, paths: paths.length === 0 ? ['/'] : paths, namesCommit: commitId !== '', follow, ...found }
}

type FoundCommit = Pick<CheckedMount, 'commit' | 'committedMs'>

async function writableHead(client: PachdClient, project: string, repo: string, branch: string): Promise<FoundCommit> {
  const { authInfo } = await client.pfs.inspectRepo({ repo: repoReference({ project, name: repo }) })
  const authorization = authorizationOf(authInfo?.permissions)
  if (authorization === 'none') throw new MountError('NO_ACCESS', `user doesn't have read permission on repo ${repo}`)
  if (authorization === 'read') throw new MountError('NO_ACCESS', `can't create writable mount since user doesn't have write access on repo ${repo}`)
  try {
    const { head } = await client.pfs.inspectBranch({ branch: branchReference({ project, repo, branch }) })
    return head?.id ? await viewCommit(client, { project, repo, branch, id: head.id }) : { commit: undefined, committedMs: Date.now() }
  } catch (error) {
    if (isNotFound(error)) return { commit: undefined, committedMs: Date.now() }
    throw error
  }
}
