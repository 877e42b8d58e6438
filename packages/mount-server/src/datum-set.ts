/** The datums of an input. Products and unions are counted, not spelled out: only the shown datum is put together. */
import type { CommitIdentity } from '@jupyterlab-pachyderm/mount-fs'
import { branchReference, commitReference, isNotFound, PachdError, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'

import { children, type DatumInput, inputMessage, type PfsInput, pfsInputs } from './datum-input.js'
import { viewCommit } from './commit-view.js'
import { MountError } from './errors.js'

/** One file or directory of a datum, and the name of its input. */
export interface DatumFile {
  readonly name: string
  readonly commit: CommitIdentity
  readonly path: string
}

/** Datums by position. `id` is empty where pachd was not asked for it. */
export interface DatumSet {
  readonly count: number
  at(index: number): { readonly id: string; readonly files: readonly DatumFile[] }
}

/** The datums of `input` at the present heads of its branches. Throws MountError BAD_REQUEST, and PachdError. */
export async function computeDatums(client: PachdClient, input: DatumInput, { withIds = false } = {}): Promise<DatumSet> {
  const heads = new Map<PfsInput, CommitIdentity | undefined>()
  for (const pfs of pfsInputs(input)) heads.set(pfs, await headOf(client, pfs))
  return withIds || !isSimple(input) ? listedDatums(client, input, heads) : globbedDatums(client, input, heads)
}

function isSimple(input: DatumInput): boolean {
  return 'pfs' in input || (('cross' in input || 'union' in input) && children(input).every(isSimple))
}

async function headOf(client: PachdClient, { project, repo, branch }: PfsInput): Promise<CommitIdentity | undefined> {
  try {
    const { head } = await client.pfs.inspectBranch({ branch: branchReference({ project, repo, branch }) })
    if (!head?.id) return undefined
    return { ...(await viewCommit(client, { project, repo, branch, id: head.id })).commit, branch }
  } catch (cause) {
    if (isNotFound(cause)) throw new MountError('BAD_REQUEST', `${project}/${repo}@${branch}: ${PachdError.from(cause).message}`, { cause })
    throw cause
  }
}

async function globbedDatums(client: PachdClient, input: DatumInput, heads: ReadonlyMap<PfsInput, CommitIdentity | undefined>): Promise<DatumSet> {
  if ('pfs' in input) return matches(client, input.pfs, heads.get(input.pfs))
  const parts: DatumSet[] = []
  for (const child of children(input)) parts.push(await globbedDatums(client, child, heads))
  return 'cross' in input ? product(parts) : union(parts)
}

async function matches(client: PachdClient, { name, glob }: PfsInput, commit: CommitIdentity | undefined): Promise<DatumSet> {
  const files: DatumFile[] = []
  if (commit) {
    try {
      for await (const { file } of client.pfs.globFile({ commit: commitReference(commit), pattern: glob })) files.push({ name, commit, path: file?.path ?? '/' })
    } catch (cause) {
      const error = PachdError.from(cause)
      if (error.code === 'UNKNOWN' || error.code === 'INVALID_ARGUMENT') throw new MountError('BAD_REQUEST', `glob "${glob}": ${error.message}`, { cause })
      throw error
    }
  }
  return { count: files.length, at: index => ({ id: '', files: files.slice(index, index + 1) }) }
}

/** Every combination once; the first part varies slowest. */
function product(parts: readonly DatumSet[]): DatumSet {
  return {
    count: parts.reduce((count, part) => count * part.count, 1),
    at: index => {
      const files: DatumFile[] = []
      let rest = index
      for (const part of [...parts].reverse()) {
        files.unshift(...part.at(rest % part.count).files)
        rest = Math.floor(rest / part.count)
      }
      return { id: '', files }
    },
  }
}

function union(parts: readonly DatumSet[]): DatumSet {
  return {
    count: parts.reduce((count, part) => count + part.count, 0),
    at: index => {
      let rest = index
      for (const part of parts) {
        if (rest < part.count) return part.at(rest)
        rest -= part.count
      }
      return { id: '', files: [] }
    },
  }
}

async function listedDatums(client: PachdClient, input: DatumInput, heads: ReadonlyMap<PfsInput, CommitIdentity | undefined>): Promise<DatumSet> {
  const datums: { id: string; files: DatumFile[] }[] = []
  try {
    for await (const { datum, data } of client.pps.listDatum({ input: inputMessage(input) })) {
      const files = data.flatMap(({ file }) => {
        const [pfs, commit] = sourceOf(heads, file?.commit?.id ?? '', file?.commit?.repo?.name ?? file?.commit?.branch?.repo?.name ?? '', file?.path ?? '') ?? []
        return pfs && commit ? [{ name: pfs.name, commit, path: file?.path ?? '/' }] : []
      })
      datums.push({ id: datum?.id ?? '', files })
    }
  } catch (cause) {
    const error = PachdError.from(cause)
    if (error.code === 'UNAVAILABLE' || error.code === 'UNAUTHENTICATED' || error.code === 'PERMISSION_DENIED') throw error
    throw new MountError('BAD_REQUEST', `error listing the datums: ${error.message}`, { cause })
  }
  return { count: datums.length, at: index => datums[index] ?? { id: '', files: [] } }
}

/** pachd does not say which input a file comes from: it is one whose commit it is in and whose glob can match it. */
function sourceOf(heads: ReadonlyMap<PfsInput, CommitIdentity | undefined>, id: string, repo: string, path: string): [PfsInput, CommitIdentity] | undefined {
  const candidates = [...heads].filter((entry): entry is [PfsInput, CommitIdentity] => entry[1]?.id === id && entry[1].repo === repo)
  return candidates.find(([{ glob }]) => canMatch(glob, path)) ?? candidates[0]
}

/** Whether the literal parts of a glob occur in the path in their order. */
function canMatch(glob: string, path: string): boolean {
  const literals = glob.split(/\([^)]*\)|[*?[\]{}!()@+^]+/).filter(part => part !== '')
  let at = 0
  for (const literal of literals) {
    const found = path.indexOf(literal, at)
    if (found < 0) return false
    at = found + literal.length
  }
  return true
}
