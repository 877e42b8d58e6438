/** Which commit is shown, by the names that pachd gives it. */
import { commitReference } from '@jupyterlab-pachyderm/pachd-client'

/** A commit of a repo. `branch` is the branch it was made on; empty when that is unknown. */
export interface CommitIdentity {
  readonly project: string
  readonly repo: string
  readonly branch: string
  readonly id: string
  /**
   * Set for a commit that is still open: one that is looked at again later may hold more, so what is known of it is
   * kept under this name and goes with it.
   */
  readonly openView?: string
}

/** One string for each commit: two mounts of one commit share what is kept under it. */
export function commitKey({ project, repo, id, openView = '' }: CommitIdentity): string {
  return `${project}/${repo}@${id}${openView}`
}

/** The message for the commit. The branch is left out where the id says it all. */
export function commitMessage({ project, repo, branch, id }: CommitIdentity) {
  return commitReference({ project, repo, branch, id })
}
