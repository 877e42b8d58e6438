/**
 * A commit plan as a commit with a description: all or nothing for every other client at every moment.
 *
 * pachd makes a commit in one step only without a description (ModifyFile on a branch). A description needs StartCommit, and
 * from then to FinishCommit the commit is the open head of the branch: others read through it, and can start none of
 * their own. So the calls are, with what others see after each:
 *
 *   1. CreateFileSet  removals and additions     the old content; the bytes are in pachd, in no commit
 *   2. StartCommit    temporary description      the old content, through the open head
 *   3. AddFileSet                                the new content, through the open head
 *   4. FinishCommit   the description            the new content
 *
 * Step 3 is the only one that changes what others read. The bytes go before the head opens, so it is open for short calls only.
 *
 * - Removals are in the file set, too. pachd turns the removal of a directory into removals of the files that it finds in the
 *   parent, and a file set has no parent: so the file set removes files by name. If others committed between 1 and 2, the names
 *   are looked up again in the parent that the commit got, and composed below the file set.
 * - The temporary description has a mark, by which the commit is recognised whoever finds it. A server that lost an answer,
 *   or the next server, sends all of the plan again in one ModifyFile and finishes (`finishDescribed`). The plan replaces
 *   what it writes, so sending it twice changes nothing.
 * - If the server dies, its watchdog finishes the commit as it is. It does not add the file set, for the next server may have
 *   gone on. The next server looks what the commit holds, and keeps the changes if it holds none.
 * - A commit that pachd refuses at 3 or 4 is emptied and finished. If that fails as well, the commit stays pending and is ended later.
 *
 * Tried and left: building the commit on a private branch and moving the head with CreateBranch. The head would never be open,
 * but pachd has no compare-and-swap for heads, not even in a transaction: a commit that others make at that moment would be
 * lost from the branch. Triggers do not fire for heads that are moved, and older pachds list the commit under the private
 * branch. A transaction with StartCommit and FinishCommit cannot hold AddFileSet. A ModifyFile followed by an empty described
 * commit is atomic, but the history then describes the wrong commit.
 */
import { branchReference, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'

import { commitMessage, type CommitIdentity } from '../commit-identity.js'
import { FsError } from '../errors.js'
import type { CommitTree } from '../reading/tree.js'
import { checkSources, leavesOutcomeOpen, type Sending } from './committer.js'
import { findOpen, finishEmpty, type OpenCommit, openDescription } from './open-commit.js'
import { additions, type ModifyFileRequest, removals, removalsOfFiles } from './plan-requests.js'

/** pachd may compact for long before a commit is finished. */
const FINISH_TIMEOUT_MS = 15 * 60 * 1000
const FILE_SET_SECONDS = 600

/**
 * Sends the plan to a branch whose head is `after`. Rejects with PachdError or FsError, also while others have a commit of the
 * branch open. `sending.isOpen` then says that our commit may be the open head, or may hold the plan.
 */
export async function sendDescribed(sending: Sending, open: OpenCommit, after: string | undefined): Promise<void> {
  const { client, target } = sending
  const { pfs } = client
  await checkSources(client, sending.plan)
  const parent = after === undefined ? undefined : await finishedTree(sending, { ...target, id: after })
  const { fileSetId } = await pfs.createFileSet(wholeChange(sending, parent))
  sending.isSent = true
  const { id } = await pfs.startCommit({ branch: branchReference(target), description: openDescription(open) })
  const commit = { ...target, id }
  sending.isOpen = true
  try {
    await pfs.addFileSet({ commit: commitMessage(commit), fileSetId: await fittedTo(sending, commit, after, fileSetId) })
    await pfs.finishCommit({ commit: commitMessage(commit), description: open.message })
  } catch (error) {
    if (!leavesOutcomeOpen(error)) sending.isOpen = !(await withdraw(client, commit, open).catch(() => false))
    throw error
  }
  sending.isOpen = false
}

/** Ends the commit of `sendDescribed` if it is the open head, with all of the plan in it. Rejects as that does. */
export async function finishDescribed(sending: Sending, open: OpenCommit, after: string | undefined): Promise<void> {
  const { client } = sending
  const commit = await findOpen(client, open)
  if (!commit || commit.id === after) return
  try {
    await client.pfs.modifyFile(again(commit, sending))
    await client.pfs.finishCommit({ commit: commitMessage(commit), description: open.message })
  } catch (error) {
    if (leavesOutcomeOpen(error)) throw error
    // Others may have finished it meanwhile, such as the watchdog of the server that died.
    if (await withdraw(client, commit, open)) throw error
  }
}

/** Ends a commit that pachd refused to fill or to finish. Resolves to false if others have finished it. Rejects with PachdError. */
async function withdraw(client: Pick<PachdClient, 'pfs'>, commit: CommitIdentity, open: OpenCommit): Promise<boolean> {
  const { finishing } = await client.pfs.inspectCommit({ commit: commitMessage(commit), wait: 'STARTED' })
  if (finishing) return false
  await finishEmpty(client, commit, open)
  return true
}

/** The tree of the parent-to-be. A head that others have open is refused, before anything is uploaded; one that pachd finishes is awaited. */
async function finishedTree({ client: { pfs }, treeOf }: Sending, commit: CommitIdentity): Promise<CommitTree> {
  const started = await pfs.inspectCommit({ commit: commitMessage(commit), wait: 'STARTED' })
  if (!started.finishing) {
    const description = started.description === '' ? '' : `, "${started.description}",`
    throw new FsError('EBUSY', `commit ${commit.id}${description} on branch ${commit.branch} of ${commit.repo} is not finished; finish it, or commit without a message, which adds to it`)
  }
  const { finished } = started.finished ? started : await pfs.inspectCommit({ commit: commitMessage(commit), wait: 'FINISHED' }, { timeoutMs: FINISH_TIMEOUT_MS })
  return treeOf({ commit, madeAtMs: finished ? finished.seconds * 1000 : Date.now() })
}

/** The file set to add: if the commit got another parent than `after`, it removes what the plan removes there, too. */
async function fittedTo(sending: Sending, commit: CommitIdentity, after: string | undefined, fileSetId: string): Promise<string> {
  const { client: { pfs }, plan } = sending
  if (plan.removals.length === 0) return fileSetId
  const { parentCommit } = await pfs.inspectCommit({ commit: commitMessage(commit), wait: 'STARTED' })
  if (!parentCommit || parentCommit.id === after) return fileSetId
  const below = await pfs.createFileSet(removalsOfFiles(sending, await finishedTree(sending, { ...commit, id: parentCommit.id })))
  return (await pfs.composeFileSet({ fileSetIds: [below.fileSetId, fileSetId], ttlSeconds: FILE_SET_SECONDS })).fileSetId
}

async function* wholeChange(sending: Sending, parent: CommitTree | undefined): AsyncGenerator<ModifyFileRequest, void, undefined> {
  yield* removalsOfFiles(sending, parent)
  yield* additions(sending)
}

/** All of a plan; what is in the commit of it is replaced. */
async function* again(commit: CommitIdentity, sending: Sending): AsyncGenerator<ModifyFileRequest, void, undefined> {
  yield { body: { $case: 'setCommit', setCommit: commitMessage(commit) } }
  yield* removals(sending.plan)
  yield* additions(sending)
}
