/** What contract tests act on: a pachd, repos with names of their own, and short ways to fill them. */
import { randomBytes } from 'node:crypto'

import { branchReference, commitReference, repoReference, type PachdClient } from '../../src/index.js'

/** A repo of one test in the project `default`; other tests and users never see its name. */
export interface Scene {
  readonly client: PachdClient
  readonly repo: string
}

/** Makes a repo with a name that nobody else has. */
export async function newScene(client: PachdClient): Promise<Scene> {
  const repo = uniqueName('contract')
  await client.pfs.createRepo({ repo: repoReference({ name: repo }) })
  return { client, repo }
}

/** A name that is a valid repo and project. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`
}

/** Writes whole files as one commit of its own on the branch; the commit's id. */
export async function commitFiles({ client, repo }: Scene, branch: string, files: Record<string, string | Uint8Array>): Promise<string> {
  await client.pfs.modifyFile(writes(commitReference({ repo, branch }), files))
  return headOf({ client, repo }, branch)
}

/** The requests that overwrite files of a commit. */
export function* writes(commit: ReturnType<typeof commitReference>, files: Record<string, string | Uint8Array>) {
  yield { body: { $case: 'setCommit' as const, setCommit: commit } }
  for (const [path, content] of Object.entries(files)) {
    yield { body: { $case: 'deleteFile' as const, deleteFile: { path } } }
    yield { body: { $case: 'addFile' as const, addFile: { path, source: { $case: 'raw' as const, raw: Buffer.from(content) } } } }
  }
}

/** The id of the head of a branch. */
export async function headOf({ client, repo }: Scene, branch: string): Promise<string> {
  const { head } = await client.pfs.inspectBranch({ branch: branchReference({ repo, branch }) })
  return head?.id ?? ''
}

/** All items of a stream. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

/** All bytes of a stream as text. */
export async function text(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await all(chunks)).toString()
}
