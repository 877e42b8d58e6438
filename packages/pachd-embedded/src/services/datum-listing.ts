/** From the input spec of a request to the datums that it means, with everything to show them. */
import type { pfs, pps } from '@jupyterlab-pachyderm/pachd-proto'

import { ModelError, refused } from '../model-error.js'
import { hasCron, inIdOrder, leavesOf, makeDatums, sortSpec } from '../model/datums.js'
import type { Datum, DatumInput, InputSpec, LeafSpec } from '../model/datums.js'
import { matchablePath, search } from '../model/file-search.js'
import { Glob } from '../model/glob.js'
import { DEFAULT_PROJECT, USER_REPO } from '../model/names.js'
import type { Call } from './call.js'
import { checkRepoRights, openCommit } from './pfs-context.js'
import type { OpenedCommit, PfsContext } from './pfs-context.js'
import { fromCommit, toFileInfo } from './wire.js'

interface Leaf extends LeafSpec {
  readonly input: pps.PFSInput
}

/** A spec nests as deep as a message can; ours stops earlier. */
const DEPTH = 100

function fromInput(input: pps.Input, depth = 0, isNamed = true): InputSpec<Leaf> {
  if (depth > DEPTH) throw new ModelError('INVALID_ARGUMENT', `the input spec nests more than ${DEPTH} deep`)
  const list = (kind: 'union' | 'cross' | 'join' | 'group', inputs: readonly pps.Input[], named = isNamed): InputSpec<Leaf> => ({ kind, inputs: inputs.map(child => fromInput(child, depth + 1, named)) })
  if (input.pfs) {
    const { name, repo, branch, outerJoin } = input.pfs
    return { kind: 'pfs', givenName: name, name: name || (isNamed ? repo : ''), repo, branch: branch || 'master', outerJoin, input: input.pfs }
  }
  // pachd makes datums of a union first and gives names to the leaves of the other kinds first: where there are both, the union's go without.
  const others = [input.cross, input.join, input.group].some(({ length }) => length > 0)
  if (input.union.length > 0) return list('union', input.union, isNamed && !others)
  if (input.cross.length > 0) return list('cross', input.cross)
  if (input.join.length > 0) return list('join', input.join)
  if (input.group.length > 0) return list('group', input.group)
  if (input.cron) return { kind: 'cron' }
  throw refused('unrecognized input type: ')
}

function checkedSpec(input: pps.Input, noCron: string, opening: string | undefined): InputSpec<Leaf> {
  try {
    const spec = sortSpec(fromInput(input))
    if (hasCron(spec)) throw refused(noCron)
    return spec
  } catch (error) {
    throw within(opening, error)
  }
}

/** pachd loses the code of these failures on the way; the text stays. */
function withoutCode(error: unknown): unknown {
  return error instanceof ModelError && (error.code === 'NOT_FOUND' || error.code === 'PERMISSION_DENIED') ? new ModelError('UNKNOWN', error.message, { cause: error }) : error
}

/** What differs between the two ways of asking for datums. */
export interface ListingOptions {
  /** What to say about time-triggered inputs. */
  readonly noCron: string
  readonly unique: boolean
  /** Words in front of what goes wrong while the inputs are opened. */
  readonly opening?: string
  /** The same for while they are searched. */
  readonly generating?: string
}

const within = (outer: string | undefined, error: unknown): unknown => (outer === undefined ? error : ModelError.within(outer, error))

/** The datums of a spec in the order of their ids, and how each is shown. */
export class DatumListing {
  private constructor(
    readonly datums: readonly Datum<Leaf>[],
    private readonly opened: ReadonlyMap<Leaf, OpenedCommit>,
  ) {}

  /** Reads the heads of all branches once, then makes the datums. */
  static async make(context: PfsContext, call: Call, input: pps.Input, { noCron, unique, opening, generating }: ListingOptions): Promise<DatumListing> {
    const spec = checkedSpec(input, noCron, opening)
    const opened = new Map<Leaf, OpenedCommit>()
    const matches = new Map<Leaf, DatumInput<Leaf>[]>()
    try {
      for (const leaf of leavesOf(spec)) {
        const reference = toReference(leaf)
        checkRepoRights(context, call, fromCommit(reference), ['REPO_INSPECT_COMMIT'])
        opened.set(leaf, await openCommit(context, call, reference, ['REPO_READ', 'REPO_LIST_FILE']))
      }
    } catch (error) {
      throw within(opening, withoutCode(error))
    }
    try {
      for (const [leaf, commit] of opened) matches.set(leaf, await matchesOf(leaf, commit))
    } catch (error) {
      throw within(generating, error)
    }
    const made = makeDatums(spec, leaf => matches.get(leaf) ?? [], { unique })
    return new DatumListing(await inIdOrder(made, { unique }), opened)
  }

  async show(datum: Datum<Leaf>): Promise<pps.DatumInfo> {
    const data: pfs.FileInfo[] = []
    for (const { leaf, item } of datum.inputs) {
      const commit = this.opened.get(leaf)
      if (commit) data.push(await toFileInfo(commit.view, item, commit.origin))
    }
    return { datum: { job: undefined, id: datum.id }, state: 'UNKNOWN', stats: undefined, pfsState: undefined, data, imageId: '' }
  }
}

function toReference({ input, branch }: Leaf): pfs.Commit {
  const repo = { name: input.repo, type: input.repoType || USER_REPO, project: { name: input.project || DEFAULT_PROJECT } }
  return { repo, id: '', branch: { repo, name: branch } }
}

async function matchesOf(leaf: Leaf, { view }: OpenedCommit): Promise<DatumInput<Leaf>[]> {
  const glob = new Glob(leaf.input.glob)
  const found: DatumInput<Leaf>[] = []
  for await (const item of search(view, glob)) {
    const path = matchablePath(item.path) || '/'
    found.push({ leaf, item, joinKey: glob.replace(path, leaf.input.joinOn), groupKey: glob.replace(path, leaf.input.groupBy) })
  }
  return found
}
