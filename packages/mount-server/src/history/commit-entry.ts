/** A commit as the API shows it. */
import type { CommitEntry } from '@jupyterlab-pachyderm/mount-api'
import { commitReference, type CommitName, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'

/** A commit as pachd describes it. */
export type CommitInfo = Awaited<ReturnType<PachdClient['pfs']['inspectCommit']>>
type Moment = NonNullable<CommitInfo['started']>

const COMMIT_ID = /^[0-9a-f]{32}$/

/** One row of a history. */
export function commitEntry(info: CommitInfo): CommitEntry {
  const { commit, description, parentCommit, origin, started, finishing, finished, error, details, sizeBytesUpperBound, createdBy } = info
  return {
    id: commit?.id ?? '',
    branch: commit?.branch?.name ?? '',
    message: description,
    ...(createdBy !== '' && { author: createdBy }),
    parent: parentCommit?.id || null,
    origin: origin?.kind ?? 'USER',
    state: finished ? (error === '' ? 'finished' : 'failed') : finishing ? 'finishing' : 'open',
    ...(error !== '' && { error }),
    started: isoOf(started),
    finished: isoOf(finished),
    // An open commit has no size yet; older pachds know only how large it is at most.
    size_bytes: finished ? (details?.sizeBytes ?? sizeBytesUpperBound) : null,
  }
}

/** The reference for what a path or query names: a commit by its id, else the head of a branch. */
export function namedCommit(repo: Omit<CommitName, 'branch' | 'id'>, name: string): ReturnType<typeof commitReference> {
  return commitReference(COMMIT_ID.test(name) ? { ...repo, id: name } : { ...repo, branch: name })
}

function isoOf(moment: Moment | undefined): string | null {
  return moment ? new Date(moment.seconds * 1000 + Math.floor(moment.nanos / 1e6)).toISOString() : null
}
