/** The history of a repo or branch in pages, the newest commit first. */
import type { CommitList, CommitListQuery, RepoParams } from '@jupyterlab-pachyderm/mount-api'
import { type PachdClient, repoReference } from '@jupyterlab-pachyderm/pachd-client'

import { MountError } from '../errors.js'
import { commitEntry, type CommitInfo, namedCommit } from './commit-entry.js'

const DEFAULT_LIMIT = 100

/** Rejects with PachdError, and with MountError for an `after` that is none of ours. */
export async function listCommits(client: Pick<PachdClient, 'pfs'>, { project, repo }: RepoParams, { branch, limit = DEFAULT_LIMIT, after }: CommitListQuery): Promise<CommitList> {
  const cursor = after === undefined ? undefined : readCursor(after)
  const page: CommitInfo[] = []
  let isPast = cursor === undefined
  for await (const info of history()) {
    if (isPast) page.push(info)
    else isPast = info.commit?.id === cursor?.id
    if (page.length > limit) break
  }
  const hasMore = page.length > limit
  const shown = page.slice(0, limit)
  const last = shown.at(-1)
  return { commits: shown.map(commitEntry), next: hasMore && last ? cursorOf(last) : null }

  function history(): AsyncIterable<CommitInfo> {
    const request = { repo: repoReference({ project, name: repo }), all: true }
    if (branch !== undefined) return client.pfs.listCommit({ ...request, to: namedCommit({ project, repo }, cursor?.id ?? branch) })
    if (!cursor) return client.pfs.listCommit(request)
    // The time is a limit that is left out, and several commits may share one: begin just before, and skip up to the id.
    const startedMs = cursor.startedMs + 1
    return client.pfs.listCommit({ ...request, startedTime: { seconds: Math.floor(startedMs / 1000), nanos: (startedMs % 1000) * 1e6 } })
  }
}

function cursorOf({ commit, started }: CommitInfo): string {
  return `${((started?.seconds ?? 0) * 1000 + Math.floor((started?.nanos ?? 0) / 1e6)).toString(36)}.${commit?.id ?? ''}`
}

function readCursor(text: string): { startedMs: number; id: string } {
  const [, time, id] = /^([0-9a-z]+)\.([0-9a-f]{32})$/.exec(text) ?? []
  if (time === undefined || id === undefined) throw new MountError('BAD_REQUEST', `"${text}" is no "next" of a page of commits`)
  return { startedMs: Number.parseInt(time, 36), id }
}
