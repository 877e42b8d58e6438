/** Datums as pachd lists them, for inputs whose datums it alone can tell: joins, groups, and unions of overlapping inputs. */
import type { CommitIdentity } from '@jupyterlab-pachyderm/mount-fs'
import { PachdError, type PachdClient, repoOfCommit } from '@jupyterlab-pachyderm/pachd-client'
import type { pfs, pps } from '@jupyterlab-pachyderm/pachd-proto'

import { datumId } from './datum-id.js'
import { type DatumInput, inputMessage, type PfsInput } from './datum-input.js'
import type { DatumFile, DatumSet } from './datum-set.js'
import { MountError } from './errors.js'

/** So many ways to name the files of one datum are tried; a datum with more of them is named by its globs alone. */
const MAX_TRIES = 4096

/** Characters of globs that stand for others. */
const SPECIAL: ReadonlySet<string> = new Set('*?[]{}!()@+^')

/** What datums are made of: the head of the branch of each input, until `signal` says that nobody wants to know. */
export interface DatumSource {
  readonly heads: ReadonlyMap<PfsInput, CommitIdentity | undefined>
  readonly signal: AbortSignal | undefined
}

/** Asks pachd. Throws MountError BAD_REQUEST for what it refuses, and PachdError. */
export async function listedDatums(client: PachdClient, input: DatumInput, { heads, signal }: DatumSource): Promise<DatumSet> {
  const datums: pps.DatumInfo[] = []
  const readers = [...heads].flatMap(([input, commit]) => (commit ? [{ input, commit, literals: literalsOf(input.glob) }] : []))
  try {
    for await (const info of client.pps.listDatum({ input: inputMessage(input) }, { signal })) datums.push(info)
  } catch (cause) {
    const error = PachdError.from(cause)
    if (error.code === 'UNAVAILABLE' || error.code === 'UNAUTHENTICATED' || error.code === 'PERMISSION_DENIED') throw error
    throw new MountError('BAD_REQUEST', `error listing the datums: ${error.message}`, { cause })
  }
  return {
    count: datums.length,
    at: index => {
      const { datum, data = [] } = datums[index] ?? {}
      const id = datum?.id ?? ''
      return { id, files: filesOf(id, data.map(({ file }) => candidates(readers, file))) }
    },
    find: id => datums.findIndex(({ datum }) => datum?.id === id),
  }
}

/** An input with the head that it reads, and the literal parts of its glob. */
interface Reader {
  readonly input: PfsInput
  readonly commit: CommitIdentity
  readonly literals: readonly string[]
}

/** pachd does not say which input a file comes from: it is one that reads its commit and whose glob can match it. */
function candidates(inputs: readonly Reader[], file: pfs.File | undefined): DatumFile[] {
  const path = file?.path ?? '/'
  const { project, name: repo } = repoOfCommit(file?.commit ?? {})
  const readers = inputs.filter(({ commit }) => commit.id === file?.commit?.id && commit.repo === repo && commit.project === project)
  const matching = readers.filter(({ literals }) => canMatch(literals, path))
  return (matching.length > 0 ? matching : readers).map(({ input: { name, branch }, commit }) => ({ name, branch, commit, path }))
}

/** Where several inputs can be meant, the id of the datum tells which: it is computed from their names. */
function filesOf(id: string, choices: readonly DatumFile[][]): DatumFile[] {
  const known = choices.filter(choice => choice.length > 0)
  const first = known.flatMap(choice => choice.slice(0, 1))
  const ways = known.reduce((product, choice) => product * choice.length, 1)
  if (ways === 1 || ways > MAX_TRIES) return first
  for (let way = 0; way < ways; way++) {
    let rest = way
    const files = known.flatMap(choice => {
      const at = rest % choice.length
      rest = Math.floor(rest / choice.length)
      return choice.slice(at, at + 1)
    })
    if (datumId(files.map(idPart)) === id) return files
  }
  return first
}

/** What of a file counts for the id of its datum. */
export function idPart({ name, commit: { repo }, branch, path }: DatumFile): { name: string; repo: string; branch: string; path: string } {
  return { name, repo, branch, path }
}

/** What a path that a glob matches has to contain, in this order. Groups are passed over, since they may be optional. */
export function literalsOf(glob: string): string[] {
  const literals = ['']
  const lastClosing = glob.lastIndexOf(')')
  for (let at = 0; at < glob.length; at++) {
    const character = glob.charAt(at)
    if (!SPECIAL.has(character)) literals.push((literals.pop() ?? '') + character)
    else {
      if (character === '(' && at < lastClosing) at = glob.indexOf(')', at)
      literals.push('')
    }
  }
  return literals.filter(literal => literal !== '')
}

/** Whether the literal parts of a glob occur in the path in their order. */
function canMatch(literals: readonly string[], path: string): boolean {
  let at = 0
  for (const literal of literals) {
    const found = path.indexOf(literal, at)
    if (found < 0) return false
    at = found + literal.length
  }
  return true
}
