/** A commit plan as one ModifyFile call: pachd takes all of it or nothing. */
import { branchReference, isNotFound, PachdError, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'

import { commitKey, commitMessage, type CommitIdentity } from '../commit-identity.js'
import { FsError } from '../errors.js'
import type { MountSource } from '../mounted-branch.js'
import type { CommitTree } from '../reading/tree.js'
import { type CommitPlan, sizeOf } from './commit-plan.js'
import { additions, copiedPart, type ModifyFileRequest, removals } from './plan-requests.js'
import type { StagedContents } from './staged-content.js'
import type { Content } from './working-node.js'

/** An error names so many paths. */
const SHOWN_PATHS = 10

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
  readonly treeOf: (known: { readonly commit: CommitIdentity; readonly madeAtMs: number }) => CommitTree
  /** Told how many more bytes were sent. */
  readonly onSent?: (bytes: number) => void
  /** Set when pachd may have everything. */
  isSent?: boolean
  /** Set while a commit of ours may be the open head of the branch. */
  isOpen?: boolean
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

/**
 * pachd ignores a copy from a commit that is gone, so ask before. Rejects with FsError ESTALE, which names the paths that
 * cannot be committed, and with PachdError.
 */
export async function checkSources(client: Pick<PachdClient, 'pfs'>, plan: CommitPlan): Promise<void> {
  const sources = new Map<string, { readonly commit: CommitIdentity; readonly paths: string[] }>()
  const note = (commit: CommitIdentity | undefined, path: string) => {
    if (!commit) return
    const key = commitKey(commit)
    const source = sources.get(key) ?? { commit, paths: [] }
    sources.set(key, source)
    source.paths.push(path)
  }
  for (const { path, content } of plan.files) note((content.at === 'commit' ? content : content.file.under?.base)?.tree.commit, path)
  for (const { path, node } of plan.directories) note(node.origin?.tree.commit, `${path}/`)
  for (const { commit, paths } of sources.values()) {
    try {
      await client.pfs.inspectCommit({ commit: commitMessage(commit), wait: 'STARTED' })
    } catch (cause) {
      if (!isNotFound(cause)) throw cause
      throw new FsError('ESTALE', `${someOf(paths)} cannot be committed: the content is in commit ${commit.id}, which was deleted; discard the changes of these paths, or write the files again, and then commit the rest`, { cause })
    }
  }
}

function someOf(paths: readonly string[]): string {
  const more = paths.length - SHOWN_PATHS
  return `${paths.slice(0, SHOWN_PATHS).join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`
}

async function* requests(sending: Sending): AsyncGenerator<ModifyFileRequest, void, undefined> {
  const branch = branchReference(sending.target)
  yield { body: { $case: 'setCommit', setCommit: { branch, repo: branch.repo } } }
  yield* removals(sending.plan)
  yield* additions(sending)
  sending.isSent = true
}

function sentBytes(content: Content): number {
  return sizeOf(content) - (copiedPart(content)?.sizeBytes ?? 0)
}
