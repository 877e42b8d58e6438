/** How far a mount is behind its branch, in numbers and in one sentence. */
import type { MountEntry } from '@jupyterlab-pachyderm/mount-api'
import type { MountedBranch } from '@jupyterlab-pachyderm/mount-fs'
import { branchReference, commitReference, isNotFound, type PachdClient, repoReference } from '@jupyterlab-pachyderm/pachd-client'

/** The changing part of a mount's entry. */
export type MountStatus = Pick<MountEntry, 'status' | 'latest_commit' | 'how_many_commits_behind'>

/** The status of a mount of which nothing more is known. */
export const UNKNOWN_STATUS: MountStatus = { status: '', latest_commit: '', how_many_commits_behind: 0 }

/** The present status; undefined when the branch is gone. Rejects with PachdError. */
export async function mountStatus(client: PachdClient, { source: { project, repo, branch }, commit }: MountedBranch): Promise<MountStatus | undefined> {
  if (branch === '') return UNKNOWN_STATUS
  const head = await headOf(client, project, repo, branch)
  if (!commit) return { ...UNKNOWN_STATUS, status: 'branch does not contain any commits' }
  if (head === undefined) return undefined
  if (head === commit.id) return { status: `up to date on latest commit ${head.slice(0, 8)}`, latest_commit: head, how_many_commits_behind: 0 }
  const behind = await commitsAfter(client, { project, repo, branch }, commit.id, head)
  return {
    status: `${behind} commits behind latest: shows ${commit.id.slice(0, 8)}, the head of ${branch} is ${head.slice(0, 8)}; unmount and mount again to see it`,
    latest_commit: head,
    how_many_commits_behind: behind,
  }
}

async function headOf(client: PachdClient, project: string, repo: string, branch: string): Promise<string | undefined> {
  try {
    return (await client.pfs.inspectBranch({ branch: branchReference({ project, repo, branch }) })).head?.id
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** How many commits were made since `shown`; all of the history when it is not part of it. */
async function commitsAfter(client: PachdClient, { project, repo, branch }: { project: string; repo: string; branch: string }, shown: string, head: string): Promise<number> {
  let behind = 0
  for await (const { commit } of client.pfs.listCommit({ repo: repoReference({ project, name: repo }), to: commitReference({ project, repo, branch, id: head }), all: true })) {
    if (commit?.id === shown) break
    behind++
  }
  return behind
}
