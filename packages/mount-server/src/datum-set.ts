/** The datums of an input. Products and unions are counted, not spelled out: only the shown datum is put together. */
import type { CommitIdentity } from '@jupyterlab-pachyderm/mount-fs'
import { branchReference, commitReference, detectFeatures, isNotFound, PachdError, type PachdClient, type PachdFeatures } from '@jupyterlab-pachyderm/pachd-client'

import { children, type DatumInput, type PfsInput, pfsInputs } from './datum-input.js'
import { viewCommit } from './commit-view.js'
import { datumId } from './datum-id.js'
import { MountError } from './errors.js'
import { type DatumSource, idPart, listedDatums } from './listed-datums.js'

/** One file or directory of a datum, and the name of its input. */
export interface DatumFile {
  readonly name: string
  /** The branch that the input names. */
  readonly branch: string
  readonly commit: CommitIdentity
  readonly path: string
}

/** Datums by position, with the ids that pachd gives them. */
export interface DatumSet {
  readonly count: number
  at(index: number): { readonly id: string; readonly files: readonly DatumFile[] }
  /** The position of the datum with this id; negative when there is none, or when there are too many to look through. */
  find(id: string): number
}

/** The files of the datums of some input, by position. */
interface FileSets {
  readonly count: number
  at(index: number): readonly DatumFile[]
}

/** Looking for an id computes the ids of all datums before it. */
const MAX_SEARCHED = 20_000

/** How datums are computed: with the ids of pachd from the start, and until `signal` says otherwise. */
export interface ComputeOptions {
  readonly withIds?: boolean
  readonly signal?: AbortSignal
}

/** The datums of `input` at the present heads of its branches. Throws MountError BAD_REQUEST, and PachdError. */
export async function computeDatums(client: PachdClient, input: DatumInput, { withIds = false, signal }: ComputeOptions = {}): Promise<DatumSet> {
  const { commitBranches } = await detectFeatures(client, { signal })
  const heads = new Map<PfsInput, CommitIdentity | undefined>()
  for (const pfs of pfsInputs(input)) heads.set(pfs, await headOf(client, pfs, { commitBranches }))
  if (withIds || !isSimple(input) || hasOverlap(input)) return listedDatums(client, input, { heads, signal })
  const sets = await globbed(client, input, { heads, signal })
  const at = (index: number) => {
    const files = sets.at(index)
    return { id: datumId(files.map(idPart)), files }
  }
  const find = (id: string) => {
    for (let index = 0; index < Math.min(sets.count, MAX_SEARCHED); index++) if (at(index).id === id) return index
    return -1
  }
  return { count: sets.count, at, find }
}

/** Whether inputs of one union may give the same datum, which pachd lists once. */
function hasOverlap(input: DatumInput): boolean {
  if ('pfs' in input) return false
  if (children(input).some(hasOverlap)) return true
  if (!('union' in input)) return false
  const sources = input.union.flatMap(child => [...new Set(pfsInputs(child).map(({ project, repo, branch, name }) => JSON.stringify([project, repo, branch, name])))])
  return new Set(sources).size < sources.length
}

function isSimple(input: DatumInput): boolean {
  return 'pfs' in input || (('cross' in input || 'union' in input) && children(input).every(isSimple))
}

/** The head of the branch of an input, on the branch that it was made on where pachd names that reliably. */
async function headOf(client: PachdClient, { project, repo, branch }: PfsInput, { commitBranches }: Pick<PachdFeatures, 'commitBranches'>): Promise<CommitIdentity | undefined> {
  try {
    const { head } = await client.pfs.inspectBranch({ branch: branchReference({ project, repo, branch }) })
    if (!head?.id) return undefined
    const { commit } = await viewCommit(client, { project, repo, branch, id: head.id })
    return commitBranches ? commit : { ...commit, branch }
  } catch (cause) {
    if (isNotFound(cause)) throw new MountError('BAD_REQUEST', `${project}/${repo}@${branch}: ${PachdError.from(cause).message}`, { cause })
    throw cause
  }
}

async function globbed(client: PachdClient, input: DatumInput, source: DatumSource): Promise<FileSets> {
  if ('pfs' in input) return matches(client, input.pfs, source)
  const parts: FileSets[] = []
  for (const child of children(input)) parts.push(await globbed(client, child, source))
  return 'cross' in input ? product(parts) : union(parts)
}

async function matches(client: PachdClient, pfs: PfsInput, { heads, signal }: DatumSource): Promise<FileSets> {
  const { name, branch, glob } = pfs
  const commit = heads.get(pfs)
  const files: DatumFile[] = []
  if (commit) {
    try {
      for await (const { file } of client.pfs.globFile({ commit: commitReference(commit), pattern: glob }, { signal })) files.push({ name, branch, commit, path: file?.path ?? '/' })
    } catch (cause) {
      const error = PachdError.from(cause)
      if (error.code === 'UNKNOWN' || error.code === 'INVALID_ARGUMENT') throw new MountError('BAD_REQUEST', `glob "${glob}": ${error.message}`, { cause })
      throw error
    }
  }
  return { count: files.length, at: index => files.slice(index, index + 1) }
}

/** Every combination once; the first part varies slowest. */
function product(parts: readonly FileSets[]): FileSets {
  return {
    count: parts.reduce((count, part) => count * part.count, 1),
    at: index => {
      const files: DatumFile[] = []
      let rest = index
      for (const part of [...parts].reverse()) {
        files.unshift(...part.at(rest % part.count))
        rest = Math.floor(rest / part.count)
      }
      return files
    },
  }
}

function union(parts: readonly FileSets[]): FileSets {
  return {
    count: parts.reduce((count, part) => count + part.count, 0),
    at: index => {
      let rest = index
      for (const part of parts) {
        if (rest < part.count) return part.at(rest)
        rest -= part.count
      }
      return []
    },
  }
}
