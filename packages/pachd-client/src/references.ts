/** References to repos, branches, commits and files, filled the way every pachd from 2.3 to 2.12 reads them. */
import type { MessageInit, pfs } from '@jupyterlab-pachyderm/pachd-proto'

/** A repo; `project` is "default" and `type` is "user" when left out. */
export interface RepoName {
  readonly project?: string | undefined
  readonly name: string
  readonly type?: string | undefined
}

/** A branch of a repo. */
export interface BranchName {
  readonly project?: string | undefined
  readonly repo: string
  readonly branch: string
}

/** A commit by id, or the head of a branch; with both, the id counts. */
export interface CommitName {
  readonly project?: string | undefined
  readonly repo: string
  readonly branch?: string | undefined
  readonly id?: string | undefined
}

/** The message for a repo. */
export function repoReference({ project = 'default', name, type = 'user' }: RepoName) {
  return { name, type, project: { name: project } } satisfies MessageInit<pfs.Repo>
}

/** The message for a branch. */
export function branchReference({ project, repo, branch }: BranchName) {
  return { repo: repoReference({ project, name: repo }), name: branch } satisfies MessageInit<pfs.Branch>
}

/**
 * The message for a commit. Both `repo` and `branch.repo` are set: pachd 2.3 knows only the second, pachd 2.12
 * reads the first, and those between dereference both.
 */
export function commitReference({ project, repo, branch = '', id = '' }: CommitName) {
  return { repo: repoReference({ project, name: repo }), id, branch: branchReference({ project, repo, branch }) } satisfies MessageInit<pfs.Commit>
}

/** The message for a file of a commit. */
export function fileReference(commit: ReturnType<typeof commitReference>, path: string) {
  return { commit, path } satisfies MessageInit<pfs.File>
}
