/** A commit plan as a commit with a description, which pachd takes only when a commit is opened. */
import { branchReference } from '@jupyterlab-pachyderm/pachd-client'

import { commitMessage } from '../commit-identity.js'
import { checkSources, headOf, leavesOutcomeOpen, type Sending } from './committer.js'
import { additions, type ModifyFileRequest, removals } from './plan-requests.js'

type CommitMessage = ReturnType<typeof commitMessage>

/**
 * Sends the plan as `sendPlan` does. The bytes go into a file set, which nobody sees, so that the commit is open for some
 * short calls only. A commit whose end is unknown is ended by `finishDescribed`; one that pachd refuses is emptied.
 * Rejects with PachdError or FsError, also while somebody else has a commit of the branch open.
 */
export async function sendDescribed(sending: Sending, message: string): Promise<void> {
  const { client: { pfs }, target, plan } = sending
  await checkSources(sending.client, plan)
  const { fileSetId } = await pfs.createFileSet(additions(sending))
  sending.isSent = true
  const { id } = await pfs.startCommit({ branch: branchReference(target), description: message })
  const commit = commitMessage({ ...target, id })
  try {
    if (plan.removals.length > 0) await pfs.modifyFile([into(commit), ...removals(plan)])
    await pfs.addFileSet({ commit, fileSetId })
    await pfs.finishCommit({ commit })
  } catch (error) {
    if (leavesOutcomeOpen(error)) throw error
    await pfs.clearCommit({ commit })
    await pfs.finishCommit({ commit, description: `${message} (empty: pachd refused the changes)` })
    throw error
  }
}

/** Ends the commit of `sendDescribed` that was left open on the branch whose head was `after`, with all of the plan in it. Rejects as that does. */
export async function finishDescribed(sending: Sending, message: string, after: string | undefined): Promise<void> {
  const { client: { pfs }, target } = sending
  const id = await headOf(sending.client, target)
  if (id === undefined || id === after) return
  const commit = commitMessage({ ...target, id })
  const { finishing, description } = await pfs.inspectCommit({ commit, wait: 'STARTED' })
  if (finishing || description !== message) return
  await pfs.modifyFile(again(commit, sending))
  await pfs.finishCommit({ commit })
}

/** All of a plan; what is in the commit of it is replaced. */
async function* again(commit: CommitMessage, sending: Sending): AsyncGenerator<ModifyFileRequest, void, undefined> {
  yield into(commit)
  yield* removals(sending.plan)
  yield* additions(sending)
}

function into(commit: CommitMessage): ModifyFileRequest {
  return { body: { $case: 'setCommit', setCommit: commit } }
}
