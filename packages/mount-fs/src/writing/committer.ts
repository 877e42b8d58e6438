/** A commit plan as one ModifyFile call: pachd takes all of it or nothing. */
import { branchReference, fileReference, isNotFound, PachdError, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'

import { commitKey, commitMessage, type CommitIdentity } from '../commit-identity.js'
import { FsError } from '../errors.js'
import type { MountSource } from '../mounted-branch.js'
import { type CommitPlan, sizeOf } from './commit-plan.js'
import type { StagedContents } from './staged-content.js'
import type { CommittedContent, Content } from './working-node.js'

/** Bytes of one message; pachd takes up to 20 MiB. */
const PIECE_BYTES = 1024 * 1024

type ModifyFileRequests = Parameters<PachdClient['pfs']['modifyFile']>[0]
type ModifyFileRequest = ModifyFileRequests extends Iterable<infer R> | AsyncIterable<infer R> ? R : never

/** How far a commit is. */
export interface CommitProgress {
  readonly filesTotal: number
  readonly bytesTotal: number
  filesDone: number
  bytesDone: number
}

/** What is sent where, and how far that is. */
export interface Sending {
  readonly client: Pick<PachdClient, 'pfs'>
  readonly target: MountSource
  readonly plan: CommitPlan
  readonly contents: StagedContents
  readonly progress: CommitProgress
  /** Told how many more bytes were sent. */
  readonly onSent?: (bytes: number) => void
  /** Set when pachd may have everything. */
  isSent?: boolean
}

/** The progress of a commit that has not begun. */
export function progressOf({ files, directories }: CommitPlan): CommitProgress {
  return { filesTotal: files.length + directories.length, bytesTotal: files.reduce((sum, { content }) => sum + sentBytes(content), 0), filesDone: 0, bytesDone: 0 }
}

/** The id of the head of the branch; undefined when it has none. Rejects with PachdError. */
export async function headOf(client: Pick<PachdClient, 'pfs'>, { project, repo, branch }: MountSource): Promise<string | undefined> {
  try {
    return (await client.pfs.inspectBranch({ branch: branchReference({ project, repo, branch }) })).head?.id || undefined
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

/** Whether after this error nobody knows what pachd did, if all was sent. */
export function leavesOutcomeOpen(error: unknown): boolean {
  return error instanceof PachdError && openOutcomes.has(error.code)
}

// UNKNOWN is what pachd says when it refuses: then it made no commit.
const openOutcomes: ReadonlySet<string> = new Set(['UNAVAILABLE', 'CANCELLED', 'DEADLINE_EXCEEDED', 'INTERNAL', 'ABORTED'])

/**
 * Adds the plan to the head of the branch, which is made when it is not there. Rejects with PachdError or FsError. When all was
 * sent, `leavesOutcomeOpen` says whether pachd may have made the commit all the same.
 */
export async function sendPlan(sending: Sending): Promise<void> {
  await checkSources(sending.client, sending.plan)
  await sending.client.pfs.modifyFile(requests(sending))
}

/** pachd copies nothing, without a word, from a commit that is gone; so ask before. */
async function checkSources(client: Pick<PachdClient, 'pfs'>, plan: CommitPlan): Promise<void> {
  const sources = new Map<string, CommitIdentity>()
  for (const { content } of plan.files) {
    const committed = content.at === 'commit' ? content : content.file.under?.base
    if (committed) sources.set(commitKey(committed.tree.commit), committed.tree.commit)
  }
  for (const { node } of plan.directories) if (node.origin) sources.set(commitKey(node.origin.tree.commit), node.origin.tree.commit)
  for (const commit of sources.values()) {
    try {
      await client.pfs.inspectCommit({ commit: commitMessage(commit), wait: 'STARTED' })
    } catch (cause) {
      if (!isNotFound(cause)) throw cause
      throw new FsError('ESTALE', `commit ${commit.id}, in which renamed or changed files are, does not exist any more`, { cause })
    }
  }
}

async function* requests(sending: Sending): AsyncGenerator<ModifyFileRequest, void, undefined> {
  const { target, plan, contents, progress } = sending
  const branch = branchReference(target)
  yield { body: { $case: 'setCommit', setCommit: { branch, repo: branch.repo } } }
  for (const path of plan.removals) {
    // Without a slash it is the file of this name, with one the directory; pachd does not mind if there is none.
    yield { body: { $case: 'deleteFile', deleteFile: { path } } }
    yield { body: { $case: 'deleteFile', deleteFile: { path: `${path}/` } } }
  }
  for (const { path, node } of plan.directories) {
    if (node.origin) yield { body: { $case: 'copyFile', copyFile: { dst: path, src: fileReference(commitMessage(node.origin.tree.commit), node.origin.path) } } }
    progress.filesDone++
  }
  for (const { path, content } of plan.files) {
    // pachd appends to a file that is there.
    yield { body: { $case: 'deleteFile', deleteFile: { path } } }
    const copied = copiedPart(content)
    if (copied) yield { body: { $case: 'copyFile', copyFile: { dst: path, src: fileReference(commitMessage(copied.tree.commit), copied.path) } } }
    const sizeBytes = sizeOf(content)
    if (sizeBytes === 0) yield { body: { $case: 'addFile', addFile: { path, source: { $case: 'raw', raw: new Uint8Array(0) } } } }
    const start = copied?.sizeBytes ?? 0
    const small = smallContent(content)
    if (small) {
      yield { body: { $case: 'addFile', addFile: { path, source: { $case: 'raw', raw: small } } } }
      progress.bytesDone += small.byteLength
      sending.onSent?.(small.byteLength)
    } else if (start < sizeBytes) {
      for await (const raw of bytesOf(contents, content, start)) {
        yield { body: { $case: 'addFile', addFile: { path, source: { $case: 'raw', raw } } } }
        progress.bytesDone += raw.byteLength
        sending.onSent?.(raw.byteLength)
      }
    }
    progress.filesDone++
  }
  sending.isSent = true
}

/** All bytes of a file that is on the local disk and fits into a message; undefined for others. */
function smallContent(content: Content): Uint8Array | undefined {
  if (content.at === 'commit' || content.file.under || content.file.sizeBytes === 0 || content.file.sizeBytes > PIECE_BYTES) return undefined
  return content.file.readLocal(0, content.file.sizeBytes)
}

/** The bytes of a content from `offset` on, a message at a time. */
export async function* bytesOf(contents: StagedContents, content: Content, offset = 0): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = contents.reader(content)
  const sizeBytes = sizeOf(content)
  try {
    for (let at = offset; at < sizeBytes; ) {
      const bytes = await reader.read(at, PIECE_BYTES)
      if (bytes.byteLength === 0) throw new FsError('EIO', `a staged file ends at ${at} bytes of ${sizeBytes}`)
      yield bytes
      at += bytes.byteLength
    }
  } finally {
    reader.close()
  }
}

/** The committed file that a content is, or begins with: pachd copies it, and only what follows is sent. */
function copiedPart(content: Content): CommittedContent | undefined {
  if (content.at === 'commit') return content
  const { under, sizeBytes } = content.file
  if (!under || under.limit < under.base.sizeBytes || sizeBytes < under.base.sizeBytes || under.own.ranges.length > 0) return undefined
  return under.base
}

function sentBytes(content: Content): number {
  return sizeOf(content) - (copiedPart(content)?.sizeBytes ?? 0)
}
