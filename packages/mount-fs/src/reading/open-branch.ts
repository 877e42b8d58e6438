/** A branch as one read-only mount with everything it needs, for programs that want no more than that. */
import { branchReference, commitReference, type PachdClient, PachdError } from '@jupyterlab-pachyderm/pachd-client'

import type { DiskCache } from '../cache/disk-cache.js'
import type { MountedBranch } from '../mounted-branch.js'
import { PathSelection } from '../path-selection.js'
import { ReadOnlyVolume } from './read-only-volume.js'
import { FileReaders } from './reader.js'
import { CommitTrees } from './tree.js'

/** Which branch, and as what. */
export interface OpenBranchOptions {
  readonly repo: string
  /** Default: "default". */
  readonly project?: string
  /** Default: "master". */
  readonly branch?: string
  /** The name of its directory. Default: that of the repo. */
  readonly name?: string
  /** What of it is shown. Default: all. */
  readonly paths?: readonly string[]
  /** Keeps contents on disk, under a name for the cluster. Default: nothing is kept on disk. */
  readonly disk?: { readonly cache: DiskCache; readonly cluster: string }
}

/** How long a commit that is being finished is waited for. */
const FINISH_TIMEOUT_MS = 30_000

/** The present head of a branch. Rejects with PachdError, NOT_FOUND when the branch has no commit. */
export async function openBranch(client: Pick<PachdClient, 'pfs'>, { repo, project = 'default', branch = 'master', name = repo, paths = ['/'], disk }: OpenBranchOptions): Promise<MountedBranch> {
  const { head } = await client.pfs.inspectBranch({ branch: branchReference({ project, repo, branch }) })
  if (!head?.id) throw new PachdError('NOT_FOUND', `${project}/${repo}@${branch} has no commit yet`)
  const { finished, started } = await client.pfs.inspectCommit({ commit: commitReference({ project, repo, branch, id: head.id }), wait: 'FINISHED' }, { timeoutMs: FINISH_TIMEOUT_MS })
  const commit = { project, repo, branch, id: head.id }
  const tree = new CommitTrees(client).of(commit, ((finished ?? started)?.seconds ?? 0) * 1000)
  const volume = new ReadOnlyVolume(name, tree, new PathSelection(paths), new FileReaders(client, { disk }))
  return { name, source: { project, repo, branch }, mode: 'ro', paths, commit, volume }
}
