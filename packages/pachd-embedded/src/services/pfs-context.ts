/** What the methods of pfs_v2 share: the state, the view of a commit's files, and the check of rights. */
import type { pfs } from '@jupyterlab-pachyderm/pachd-proto'

import { refused } from '../model-error.js'
import { authorize } from '../model/auth.js'
import type { Permission } from '../model/auth-roles.js'
import { resolveCommit } from '../model/commit-reference.js'
import type { DirectoryHashes } from '../model/directory-hash.js'
import { fileSetTree } from '../model/file-sets.js'
import { FileView } from '../model/file-view.js'
import { FILE_SET_REPO, showRepo } from '../model/names.js'
import type { CommitReference } from '../model/names.js'
import type { Pachd } from '../model/pachd.js'
import { repoResource } from '../model/repos.js'
import type { Call } from './call.js'
import { fromCommit, toCommit, toRepo } from './wire.js'
import type { FileOrigin } from './wire.js'

/** The state behind the methods. */
export interface PfsContext {
  readonly pachd: Pachd
  readonly hashes: DirectoryHashes
}

/** The files of a commit, ready to be shown. */
export interface OpenedCommit {
  readonly view: FileView
  readonly origin: FileOrigin
  /** `project/repo`, for errors. */
  readonly repo: string
  /** The commit's own id. */
  readonly id: string
  /** What the client wrote for the id, for errors. */
  readonly writtenId: string
}

/** Throws unless the caller has the rights on the repo. */
export function checkRepoRights({ pachd }: PfsContext, { caller }: Call, { repo }: CommitReference, permissions: readonly Permission[]): void {
  if (repo.name !== FILE_SET_REPO) authorize(pachd.rows, caller, repoResource(repo), ...permissions)
}

/** Opens the files of a commit or of a file set. */
export async function openCommit(context: PfsContext, call: Call, commit: pfs.Commit | undefined, permissions: readonly Permission[], datum = ''): Promise<OpenedCommit> {
  const reference = fromCommit(commit)
  checkRepoRights(context, call, reference, permissions)
  const { pachd, hashes } = context
  if (reference.repo.name === FILE_SET_REPO) {
    const tree = await fileSetTree(pachd, reference.id)
    const shown = { repo: toRepo(reference.repo), id: reference.id, branch: undefined }
    return { view: new FileView(tree, hashes, datum), origin: { commit: shown, committed: undefined }, repo: showRepo(reference.repo), id: reference.id, writtenId: reference.id }
  }
  const { record, tree } = await pachd.treeOf(resolveCommit(pachd.rows, reference).commit, call.waiting)
  return {
    view: new FileView(tree, hashes, datum),
    origin: { commit: toCommit(record.commit, record.branch), committed: record.finishing },
    repo: showRepo(reference.repo),
    id: record.commit.id,
    writtenId: reference.id,
  }
}

/** The file of a request. Throws UNKNOWN when there is none. */
export function requireFile(file: pfs.File | undefined): pfs.File {
  if (!file) throw refused('file cannot be nil')
  return file
}
