/** Which files two commits do not have in common. */
import type { CommitParams, Diff, DiffEntry, DiffQuery } from '@jupyterlab-pachyderm/mount-api'
import { commitReference, fileReference, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'

import { namedCommit } from './commit-entry.js'

const DEFAULT_LIMIT = 1000

/** Files by path; directories are not counted. Rejects with PachdError. */
export async function diffCommits(client: Pick<PachdClient, 'pfs'>, { project, repo, commit }: CommitParams, { from, path = '/', limit = DEFAULT_LIMIT, after }: DiffQuery): Promise<Diff> {
  const newer = await client.pfs.inspectCommit({ commit: namedCommit({ project, repo }, commit), wait: 'STARTED' })
  const older = from === undefined ? newer.parentCommit?.id : (await client.pfs.inspectCommit({ commit: namedCommit({ project, repo }, from), wait: 'STARTED' })).commit?.id
  const [oldId, newId] = [older || undefined, newer.commit?.id ?? '']
  const fileOf = (id: string) => fileReference(commitReference({ project, repo, id }), path)
  const changes: DiffEntry[] = []
  let isPast = after === undefined
  for await (const { oldFile, newFile } of client.pfs.diffFile({ newFile: fileOf(newId), ...(oldId !== undefined && { oldFile: fileOf(oldId) }) })) {
    const file = newFile ?? oldFile
    if (!file || file.fileType === 'DIR') continue
    const changedPath = file.file?.path ?? ''
    if (isPast) changes.push({ path: changedPath, change: newFile ? (oldFile ? 'changed' : 'added') : 'deleted', old_size_bytes: oldFile?.sizeBytes ?? null, new_size_bytes: newFile?.sizeBytes ?? null })
    else isPast = changedPath === after
    if (changes.length > limit) break
  }
  const hasMore = changes.length > limit
  const shown = changes.slice(0, limit)
  return { from: oldId ?? null, to: newId, changes: shown, next: hasMore ? (shown.at(-1)?.path ?? null) : null }
}
