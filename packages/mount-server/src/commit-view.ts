/** Commits as pachd describes them, as the commits that mounts show. */
import type { CommitIdentity } from '@jupyterlab-pachyderm/mount-fs'
import { commitReference, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'
import { randomUUID } from 'node:crypto'

/** A commit that can be shown, and when it was made. */
export interface CommitView {
  readonly commit: CommitIdentity
  readonly committedMs: number
}

/** Looks a commit up by id, or as the head of a branch. Rejects with PachdError, NOT_FOUND when there is none. */
export async function viewCommit(client: PachdClient, { project, repo, branch, id }: CommitIdentity): Promise<CommitView> {
  const info = await client.pfs.inspectCommit({ commit: commitReference({ project, repo, branch, id }), wait: 'STARTED' })
  const made = info.finishing ?? info.started
  return {
    commit: { project, repo, branch: info.commit?.branch?.name || branch, id: info.commit?.id ?? id, ...(info.finishing ? {} : { openView: `#${randomUUID()}` }) },
    committedMs: made ? made.seconds * 1000 + Math.floor(made.nanos / 1e6) : Date.now(),
  }
}
