/** The commit of a mount, as `/transfers` and the log tell of it. */
import { FsError, type OpenCommit } from '@jupyterlab-pachyderm/mount-fs'
import { PachdError } from '@jupyterlab-pachyderm/pachd-client'

import { MountError } from './errors.js'
import type { MountLife } from './mount-life.js'
import type { RunningTransfer, Transfers } from './transfers.js'

/** What a commit is to be called, and who is told of it. */
export interface CommitTelling {
  readonly message: string | undefined
  readonly transfers: Transfers | undefined
  readonly onNotice: (sentence: string) => void
  readonly guard: CommitGuard | undefined
}

/** Ends commits that are open when the server dies. */
export interface CommitGuard {
  readonly opens: (commit: OpenCommit) => void
  readonly ends: (commit: OpenCommit) => void
}

/** Commits what was written; without changes, and for read-only mounts, nothing is done. Rejects with MountError COMMIT_FAILED, and all changes are kept then. */
export async function commitMount({ mount: { name }, workingCopy }: MountLife, { message, transfers, onNotice, guard }: CommitTelling): Promise<void> {
  if (!workingCopy) return
  let transfer: RunningTransfer | undefined
  try {
    await workingCopy.commitChanges({
      message: message || undefined,
      begin: ({ bytesTotal }) => (transfer = transfers?.start({ kind: 'commit', mount: name, path: null, totalBytes: bytesTotal })),
      sent: bytes => transfer?.add(bytes),
      opens: commit => guard?.opens(commit),
      ends: commit => guard?.ends(commit),
      conflicts: paths => onNotice(`the commit of '${name}' replaced what others had changed meanwhile: ${paths.slice(0, 10).join(', ')}${paths.length > 10 ? ` and ${paths.length - 10} more` : ''}`),
    })
  } catch (thrown) {
    const reason = (thrown instanceof FsError ? thrown : PachdError.from(thrown)).message
    throw new MountError('COMMIT_FAILED', `the changes in '${name}' could not be committed and are kept: ${reason}`, { cause: thrown })
  } finally {
    transfer?.end()
  }
}
