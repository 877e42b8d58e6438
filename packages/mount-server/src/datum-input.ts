/** The input of a datum request: read as YAML, checked, and with its defaults filled in. */
import type { MessageInit, pps } from '@jupyterlab-pachyderm/pachd-proto'

import { MountError } from './errors.js'
import { readSpecificationText } from './specification-text.js'

/** One pfs input in the spelling of specifications; what was left out stays out, but for the defaults. */
export interface PfsInput {
  readonly project: string
  readonly name: string
  readonly repo: string
  readonly branch: string
  readonly glob: string
  readonly [key: string]: unknown
}

/** An input with its defaults. */
export type DatumInput =
  | { readonly pfs: PfsInput }
  | { readonly cross: readonly DatumInput[] }
  | { readonly union: readonly DatumInput[] }
  | { readonly join: readonly DatumInput[] }
  | { readonly group: readonly DatumInput[] }

/** More inputs than any pipeline has; aliases can make a small text describe more. */
const MAX_INPUTS = 1000

const nodeKinds = ['pfs', 'cross', 'union', 'join', 'group', 'cron'] as const
const texts = ['project', 'name', 'repo', 'repo_type', 'branch', 'commit', 'glob', 'join_on', 'group_by']
const switches = ['outer_join', 'lazy', 'empty_files', 's3', 'reference']
const objects = ['trigger', 'propagation_spec']

/** How inputs are named that say no name, and which names may stand beside each other. Both throw MountError BAD_REQUEST. */
export interface InputNaming {
  readonly usual: (input: Pick<PfsInput, 'project' | 'repo' | 'branch'>) => string
  readonly check: (input: DatumInput) => void
}

/** The rules of the original 2.8. */
const usualNaming: InputNaming = {
  usual: ({ project, repo, branch }) => `${project}_${repo}${branch === 'master' ? '' : `_${branch}`}`,
  check: checkNames,
}

/** The input of a specification: JSON or YAML, the first document, the first element of a list. Throws MountError BAD_REQUEST. */
export function readDatumInput(text: string, naming: InputNaming = usualNaming): DatumInput {
  const value = readSpecificationText(text)
  if (value === undefined) throw bad('the body should be a specification with an "input"; it is empty')
  const specification: unknown = Array.isArray(value) ? value[0] : value
  if (!isObject(specification)) throw bad('the body should be a mapping with the key "input"')
  if (!isObject(specification['input'])) throw bad('datum input is not specified')
  const input = readNode(specification['input'], 'input', { naming, count: 0 })
  naming.check(input)
  return input
}

/** The input as the message of ListDatum. */
export function inputMessage(input: DatumInput): MessageInit<pps.Input> {
  if ('pfs' in input) {
    const { pfs } = input
    return {
      pfs: {
        project: pfs.project, name: pfs.name, repo: pfs.repo, branch: pfs.branch, glob: pfs.glob,
        repoType: textOf(pfs['repo_type']) || 'user', joinOn: textOf(pfs['join_on']), groupBy: textOf(pfs['group_by']),
        outerJoin: pfs['outer_join'] === true, lazy: pfs['lazy'] === true, emptyFiles: pfs['empty_files'] === true,
      },
    }
  }
  if ('cross' in input) return { cross: input.cross.map(inputMessage) }
  if ('union' in input) return { union: input.union.map(inputMessage) }
  if ('join' in input) return { join: input.join.map(inputMessage) }
  return { group: input.group.map(inputMessage) }
}

/** All pfs inputs of an input, in order. */
export function pfsInputs(input: DatumInput): PfsInput[] {
  return 'pfs' in input ? [input.pfs] : children(input).flatMap(pfsInputs)
}

/** The inputs that a node combines. */
export function children(input: Exclude<DatumInput, { pfs: PfsInput }>): readonly DatumInput[] {
  if ('cross' in input) return input.cross
  if ('union' in input) return input.union
  return 'join' in input ? input.join : input.group
}

/** The inputs of one specification that have been read so far, and the rules for the others. */
interface InputsRead {
  readonly naming: InputNaming
  count: number
}

function readNode(node: unknown, place: string, read: InputsRead): DatumInput {
  read.count += 1
  if (read.count > MAX_INPUTS) throw bad(`a specification can have up to ${String(MAX_INPUTS)} inputs; split it`)
  if (!isObject(node)) throw bad(`${place} should be a mapping`)
  const unknown = Object.keys(node).find(key => !nodeKinds.some(kind => kind === key))
  if (unknown !== undefined) throw bad(`${place}: unknown field "${unknown}"; use one of ${nodeKinds.join(', ')}`)
  const given = nodeKinds.filter(kind => node[kind] !== undefined && node[kind] !== null && !(Array.isArray(node[kind]) && node[kind].length === 0))
  const [kind] = given
  if (kind === undefined) throw bad(`${place}: no input set; use one of ${nodeKinds.join(', ')}`)
  if (given.length > 1) throw bad(`${place}: multiple input types set; use one of ${nodeKinds.join(', ')}`)
  if (kind === 'cron') throw bad(`${place}: a cron input has no datums before there is a pipeline; it cannot be mounted`)
  if (kind === 'pfs') return { pfs: readPfs(node[kind], `${place}.pfs`, read.naming) }
  const list = node[kind]
  if (!Array.isArray(list)) throw bad(`${place}.${kind} should be a list`)
  const inputs = list.map((item, index) => readNode(item, `${place}.${kind}[${index}]`, read))
  switch (kind) {
    case 'cross':
      return { cross: inputs }
    case 'union':
      return { union: inputs }
    case 'join':
      return { join: inputs }
    case 'group':
      return { group: inputs }
  }
}

function readPfs(value: unknown, place: string, naming: InputNaming): PfsInput {
  if (!isObject(value)) throw bad(`${place} should be a mapping`)
  const pfs: Record<string, unknown> = {}
  for (const [name, item] of Object.entries(value)) {
    const key = name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
    if (item === null) continue
    const isRight = texts.includes(key) ? typeof item === 'string' : switches.includes(key) ? typeof item === 'boolean' : objects.includes(key) && isFlat(item)
    if (!isRight) throw bad(`${place}.${name}: unknown field, or a value of the wrong type`)
    if (item !== '' && item !== false) pfs[key] = item
  }
  const [repo, glob] = [textOf(pfs['repo']), textOf(pfs['glob'])]
  if (repo === '') throw bad(`${place}: repo must be specified`)
  if (glob === '') throw bad(`${place}: glob must be specified`)
  if (pfs['commit'] !== undefined) throw bad(`${place}: commit cannot be specified; the head of the branch is used`)
  if (pfs['s3'] === true) throw bad(`${place}: s3 inputs cannot be mounted`)
  const project = textOf(pfs['project']) || 'default'
  const branch = textOf(pfs['branch']) || 'master'
  const name = textOf(pfs['name']) || naming.usual({ project, repo, branch })
  const { project: _project, name: _name, repo: _repo, branch: _branch, glob: _glob, ...rest } = pfs
  return { project, name, repo, branch, glob, ...rest }
}

/** One name is one directory, and a directory shows one commit. */
function checkNames(input: DatumInput): void {
  const sources = new Map<string, string>()
  for (const { name, project, repo, branch } of pfsInputs(input)) {
    const source = `${project}/${repo}@${branch}`
    if (name === 'out' || (sources.get(name) ?? source) !== source) throw bad(`the name "${name}" is used more than once, or taken; give each input its own "name"`)
    sources.set(name, source)
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a value is a mapping of plain values, as the objects of a pfs input are. */
function isFlat(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(item => typeof item !== 'object' || item === null)
}

function bad(message: string): MountError {
  return new MountError('BAD_REQUEST', message)
}
