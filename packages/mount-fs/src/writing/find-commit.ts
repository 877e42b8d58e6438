/** Which commit of the branch is the one that was sent, also when the answer was lost. */
import { commitReference, isNotFound, type PachdClient, repoReference } from '@jupyterlab-pachyderm/pachd-client'

import type { CommitIdentity } from '../commit-identity.js'
import { commitMessage } from '../commit-identity.js'
import { FsError } from '../errors.js'
import type { MountSource } from '../mounted-branch.js'
import type { CommitTree } from '../reading/tree.js'
import { type CommitPlan, sizeOf } from './commit-plan.js'
import { headOf } from './committer.js'
import { bytesOf } from './plan-requests.js'
import type { StagedContents } from './staged-content.js'

/** pachd may compact for long before a commit is finished. */
const FINISH_TIMEOUT_MS = 15 * 60 * 1000

/** A commit of the branch, and the commit that it follows. */
export interface Committed {
  readonly commit: CommitIdentity
  readonly parent: string | undefined
  readonly madeAtMs: number
  /** Whether somebody else still adds to it. */
  readonly isOpen: boolean
}

/** What is looked for. */
export interface Search {
  readonly client: Pick<PachdClient, 'pfs'>
  readonly target: MountSource
  readonly plan: CommitPlan
  readonly contents: StagedContents
  readonly treeOf: (known: { readonly commit: CommitIdentity; readonly madeAtMs: number }) => CommitTree
}

/**
 * The commit after `after` that holds the plan. When it is `known` to be there, it is the only one that was made since, or
 * the head that was open before. Undefined when there is none. Rejects with PachdError.
 */
export async function findCommit(search: Search, after: string | undefined, { isKnown }: { isKnown: boolean }): Promise<Committed | undefined> {
  const { client, target } = search
  const head = await headOf(client, target)
  if (head === undefined) return undefined
  const since = head === after ? [] : await commitsSince(client, target, after, head)
  if (isKnown && since.length <= 1) return waitForCommit(client, { ...target, id: since[0] ?? head })
  for (const id of since) {
    const found = await waitForCommit(client, { ...target, id })
    if (!found.isOpen && (await holdsPlan(search, found))) return found
  }
  return isKnown ? waitForCommit(client, { ...target, id: head }) : undefined
}

/** Resolves when the commit is finished; one that somebody else has open is not waited for. */
async function waitForCommit(client: Pick<PachdClient, 'pfs'>, commit: CommitIdentity): Promise<Committed> {
  const started = await client.pfs.inspectCommit({ commit: commitMessage(commit), wait: 'STARTED' })
  const info = started.finishing ? await client.pfs.inspectCommit({ commit: commitMessage(commit), wait: 'FINISHED' }, { timeoutMs: FINISH_TIMEOUT_MS }) : started
  if (info.error !== '') throw new FsError('EIO', `pachd made the commit ${commit.id} with an error: ${info.error}`)
  return { commit, parent: info.parentCommit?.id, madeAtMs: info.finished ? info.finished.seconds * 1000 : Date.now(), isOpen: !started.finishing }
}

/** The ids of the commits of the branch after `after`, oldest first. */
async function commitsSince(client: Pick<PachdClient, 'pfs'>, { project, repo, branch }: MountSource, after: string | undefined, head: string): Promise<string[]> {
  const since: string[] = []
  for await (const { commit } of client.pfs.listCommit({ repo: repoReference({ project, name: repo }), to: commitReference({ project, repo, branch, id: head }), all: true })) {
    if (!commit || commit.id === after) break
    since.unshift(commit.id)
  }
  return since
}

async function holdsPlan({ client, plan, contents, treeOf }: Search, found: Committed): Promise<boolean> {
  const tree = treeOf(found)
  for (const { path } of plan.directories) if ((await tree.find(path))?.kind !== 'directory') return false
  for (const { path, content } of plan.files) {
    const attributes = await tree.find(path)
    if (attributes?.kind !== 'file' || attributes.sizeBytes !== sizeOf(content)) return false
  }
  const planned = new Set([...plan.files, ...plan.directories].flatMap(({ path }) => [path, ...ancestors(path)]))
  for (const path of plan.removals) if (!planned.has(path) && (await tree.find(path))) return false
  for (const { path, content } of plan.files) {
    if (content.at === 'stage' && !(await isSame(bytesOf(contents, content), bytesOf(contents, { at: 'commit', tree, path, sizeBytes: sizeOf(content) })))) return false
  }
  return plan.files.length + plan.directories.length > 0 || (await hasParentWith(client, plan, found, treeOf))
}

/** A plan of removals alone is in the commit before which one of the paths was still there. */
async function hasParentWith(client: Pick<PachdClient, 'pfs'>, plan: CommitPlan, { commit, parent }: Committed, treeOf: Search['treeOf']): Promise<boolean> {
  if (parent === undefined) return false
  const before = treeOf({ commit: { ...commit, id: parent }, madeAtMs: 0 })
  try {
    for (const path of plan.removals) if (await before.find(path)) return true
    return false
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}

function ancestors(path: string): string[] {
  const cut = path.lastIndexOf('/')
  return cut <= 0 ? [] : [path.slice(0, cut), ...ancestors(path.slice(0, cut))]
}

async function isSame(one: AsyncIterable<Uint8Array>, other: AsyncIterable<Uint8Array>): Promise<boolean> {
  const others = other[Symbol.asyncIterator]()
  let rest: Uint8Array = new Uint8Array(0)
  for await (const bytes of one) {
    for (let at = 0; at < bytes.byteLength; ) {
      if (rest.byteLength === 0) {
        const next = await others.next()
        if (next.done) return false
        rest = next.value
      }
      const length = Math.min(rest.byteLength, bytes.byteLength - at)
      if (Buffer.compare(bytes.subarray(at, at + length), rest.subarray(0, length)) !== 0) {
        await others.return?.(undefined)
        return false
      }
      rest = rest.subarray(length)
      at += length
    }
  }
  await others.return?.(undefined)
  return true
}
