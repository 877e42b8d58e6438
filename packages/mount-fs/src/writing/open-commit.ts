/** A commit of ours that may be the open head of a branch: how any process recognises it, and ends it for a server that died. */
import { fileReference, PachdError, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'
import { randomBytes } from 'node:crypto'

import { commitMessage, type CommitIdentity } from '../commit-identity.js'
import type { MountSource } from '../mounted-branch.js'
import { headOf } from './committer.js'

/** What a process has to know to recognise the commit. It can be sent as JSON. */
export interface OpenCommit {
  readonly target: MountSource
  /** The description that the finished commit has. */
  readonly message: string
  /** Unique to the commit; undefined for a commit of a release that opened it with its final description. */
  readonly mark: string | undefined
}

/** pachd lists descriptions in full, so the temporary one has only the beginning of the message. */
const SHOWN_MESSAGE_CHARACTERS = 200

/** A mark for one commit. */
export const newMark = (): string => randomBytes(8).toString('hex')

/** The description until the commit is finished: for people who find the branch open, and to tell our commit from others. */
export function openDescription({ message, mark }: OpenCommit): string {
  return mark === undefined ? message : `${message.slice(0, SHOWN_MESSAGE_CHARACTERS)} (not finished: mount-server adds the changes, ${mark})`
}

/** The head of the branch if it is this commit, and open. Rejects with PachdError. */
export async function findOpen(client: Pick<PachdClient, 'pfs'>, open: OpenCommit): Promise<CommitIdentity | undefined> {
  const id = await headOf(client, open.target)
  if (id === undefined) return undefined
  const commit = { ...open.target, id }
  const { finishing, description } = await client.pfs.inspectCommit({ commit: commitMessage(commit), wait: 'STARTED' })
  return finishing || description !== openDescription(open) ? undefined : commit
}

/**
 * Finishes the commit as it is, for a server that cannot: it holds all of the changes or none of them. Without changes its
 * description says so. Resolves to whether it was open. Rejects with PachdError.
 */
export async function finishAsItIs(client: Pick<PachdClient, 'pfs'>, open: OpenCommit): Promise<boolean> {
  const commit = await findOpen(client, open)
  if (!commit) return false
  const note = (await holdsChanges(client, commit)) ? '' : ' (empty: mount-server ended before it added the changes)'
  await client.pfs.finishCommit({ commit: commitMessage(commit), description: `${open.message}${note}` })
  return true
}

/** Empties the commit and finishes it, after pachd refused `what`. Rejects with PachdError; the branch stays open then. */
export async function finishEmpty(client: Pick<PachdClient, 'pfs'>, commit: CommitIdentity, { message }: OpenCommit): Promise<void> {
  await client.pfs.clearCommit({ commit: commitMessage(commit) })
  await client.pfs.finishCommit({ commit: commitMessage(commit), description: `${message} (empty: pachd refused the changes)` })
}

async function holdsChanges(client: Pick<PachdClient, 'pfs'>, commit: CommitIdentity): Promise<boolean> {
  try {
    for await (const _ of client.pfs.diffFile({ newFile: fileReference(commitMessage(commit), '/') })) return true
    return false
  } catch (error) {
    // A commit whose changes cannot be compared is finished all the same.
    if (error instanceof PachdError) return true
    throw error
  }
}
