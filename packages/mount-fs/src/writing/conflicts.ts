/** Which paths somebody else changed on the branch, too. */
import { fileReference, isNotFound, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'

import { commitMessage, type CommitIdentity } from '../commit-identity.js'
import { isWithin } from '../path-names.js'
import type { CommitPlan } from './commit-plan.js'

/** The paths of `plan` that differ between two commits, by name. Rejects with PachdError. */
export async function conflictsOf(client: Pick<PachdClient, 'pfs'>, plan: CommitPlan, from: CommitIdentity, to: CommitIdentity): Promise<string[]> {
  const files = new Set([...plan.files.map(({ path }) => path), ...plan.removals])
  const roots = [...plan.directories.map(({ path }) => path), ...plan.removals]
  const conflicts = new Set<string>()
  try {
    for await (const { newFile, oldFile } of client.pfs.diffFile({ newFile: fileReference(commitMessage(to), '/'), oldFile: fileReference(commitMessage(from), '/') })) {
      const path = (newFile ?? oldFile)?.file?.path ?? '/'
      if (path.endsWith('/')) continue
      if (files.has(path) || roots.some(root => isWithin(path, root))) conflicts.add(path)
    }
  } catch (error) {
    // A commit that is gone cannot be compared any more.
    if (!isNotFound(error)) throw error
  }
  return [...conflicts].sort()
}
