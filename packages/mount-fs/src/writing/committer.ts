/** A commit plan as one ModifyFile call: pachd takes all of it or nothing. */
import { branchReference, fileReference, isNotFound, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'

import { commitKey, commitMessage, type CommitIdentity } from '../commit-identity.js'
import type { CommitPlan } from './commit-plan.js'
import { FsError } from '../errors.js'
import type { MountSource } from '../mounted-branch.js'

/** Bytes of one message; pachd takes up to 20 MiB. */
const PIECE_BYTES = 1024 * 1024
/** pachd may compact for long before a commit is finished. */
const FINISH_TIMEOUT_MS = 15 * 60 * 1000

type ModifyFileRequests = Parameters<PachdClient['pfs']['modifyFile']>[0]
type ModifyFileRequest = ModifyFileRequests extends Iterable<infer R> | AsyncIterable<infer R> ? R : never

/** The head of the branch after the commit, and the commit that it follows. */
export interface Committed {
  readonly head: CommitIdentity
  readonly parent: string | undefined
  readonly madeAtMs: number
}

/**
 * Adds the plan to the head of the branch, which is made when it is not there, and waits until the commit is finished.
 * Rejects with PachdError or FsError when pachd did not take it.
 */
export async function sendCommit(client: Pick<PachdClient, 'pfs'>, target: MountSource, plan: CommitPlan): Promise<Committed> {
  await checkSources(client, plan)
  await client.pfs.modifyFile(requests(target, plan))
  const { project, repo, branch } = target
  const { head } = await client.pfs.inspectBranch({ branch: branchReference({ project, repo, branch }) })
  const identity = { project, repo, branch, id: head?.id ?? '' }
  const waiting = await client.pfs.inspectCommit({ commit: commitMessage(identity), wait: 'STARTED' })
  // An open commit is finished by whoever opened it.
  const info = waiting.finishing ? await client.pfs.inspectCommit({ commit: commitMessage(identity), wait: 'FINISHED' }, { timeoutMs: FINISH_TIMEOUT_MS }) : waiting
  if (info.error !== '') throw new FsError('EIO', `pachd made the commit ${identity.id} with an error: ${info.error}`)
  return { head: identity, parent: info.parentCommit?.id, madeAtMs: info.finished ? info.finished.seconds * 1000 : Date.now() }
}

/** pachd copies nothing, without a word, from a commit that is gone; so ask before. */
async function checkSources(client: Pick<PachdClient, 'pfs'>, plan: CommitPlan): Promise<void> {
  const sources = new Map<string, CommitIdentity>()
  for (const { content } of plan.files) if (content.at === 'commit') sources.set(commitKey(content.tree.commit), content.tree.commit)
  for (const { node } of plan.directories) if (node.origin) sources.set(commitKey(node.origin.tree.commit), node.origin.tree.commit)
  for (const commit of sources.values()) {
    try {
      await client.pfs.inspectCommit({ commit: commitMessage(commit), wait: 'STARTED' })
    } catch (cause) {
      if (!isNotFound(cause)) throw cause
      throw new FsError('ESTALE', `commit ${commit.id}, in which renamed files are, does not exist any more`, { cause })
    }
  }
}

async function* requests({ project, repo, branch }: MountSource, plan: CommitPlan): AsyncGenerator<ModifyFileRequest, void, undefined> {
  await Promise.resolve()
  yield { body: { $case: 'setCommit', setCommit: { branch: branchReference({ project, repo, branch }), repo: branchReference({ project, repo, branch }).repo } } }
  for (const path of plan.removals) yield { body: { $case: 'deleteFile', deleteFile: { path } } }
  for (const { path, node } of plan.directories) {
    if (node.origin) yield { body: { $case: 'copyFile', copyFile: { dst: path, src: fileReference(commitMessage(node.origin.tree.commit), node.origin.path) } } }
  }
  for (const { path, content } of plan.files) {
    // pachd appends to a file that is there.
    yield { body: { $case: 'deleteFile', deleteFile: { path } } }
    if (content.at === 'commit') {
      yield { body: { $case: 'copyFile', copyFile: { dst: path, src: fileReference(commitMessage(content.tree.commit), content.path) } } }
      continue
    }
    const { sizeBytes } = content.file
    if (sizeBytes === 0) yield { body: { $case: 'addFile', addFile: { path, source: { $case: 'raw', raw: new Uint8Array(0) } } } }
    for (let at = 0; at < sizeBytes; at += PIECE_BYTES) {
      yield { body: { $case: 'addFile', addFile: { path, source: { $case: 'raw', raw: content.file.read(at, PIECE_BYTES) } } } }
    }
  }
}
