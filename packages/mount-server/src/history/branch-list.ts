/** The branches of a repo with the commits they point to. */
import type { BranchEntry, BranchList, PageQuery, RepoParams } from '@jupyterlab-pachyderm/mount-api'
import { commitReference, type PachdClient, PachdError, repoReference } from '@jupyterlab-pachyderm/pachd-client'

import { commitEntry } from './commit-entry.js'

const DEFAULT_LIMIT = 100
/** Heads that are asked for at the same time. */
const PARALLEL = 16

/** In the order of pachd. Rejects with PachdError. */
export async function listBranches(client: Pick<PachdClient, 'pfs'>, { project, repo }: RepoParams, { limit = DEFAULT_LIMIT, after }: PageQuery): Promise<BranchList> {
  const found: { name: string; id: string }[] = []
  for await (const { branch, head } of client.pfs.listBranch({ repo: repoReference({ project, name: repo }) })) found.push({ name: branch?.name ?? '', id: head?.id ?? '' })
  const first = after === undefined ? 0 : found.findIndex(({ name }) => name === after) + 1
  const page = found.slice(first, first + limit)
  const branches: BranchEntry[] = []
  for (let at = 0; at < page.length; at += PARALLEL) branches.push(...(await Promise.all(page.slice(at, at + PARALLEL).map(entry))))
  return { branches, next: first + limit < found.length ? (page.at(-1)?.name ?? null) : null }

  async function entry({ name, id }: { name: string; id: string }): Promise<BranchEntry> {
    if (id === '') return { branch: name, head: null }
    try {
      return { branch: name, head: commitEntry(await client.pfs.inspectCommit({ commit: commitReference({ project, repo, branch: name, id }), wait: 'STARTED' })) }
    } catch (error) {
      const { code } = PachdError.from(error)
      if (code === 'PERMISSION_DENIED' || code === 'NOT_FOUND') return { branch: name, head: null }
      throw error
    }
  }
}
