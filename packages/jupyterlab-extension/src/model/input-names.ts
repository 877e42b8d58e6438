/** The names of the inputs of a pipeline: each is a directory below /pfs. */
import type { TranslationBundle } from '@jupyterlab/translation'
import { isMap, isSeq, type Document, type Node, type YAMLMap } from 'yaml'

import { keyOf, pairAt, textAt, type InputPurpose } from './input-rules.js'
import { resolved, type Report } from './spec-text.js'

interface NameCheck {
  readonly purpose: InputPurpose
  readonly document: Document
  readonly report: Report
  readonly trans: TranslationBundle
}

/** A pfs or cron input, and what its directory shows. */
interface NamedInput {
  readonly name: string
  readonly source: string
  readonly node: unknown
}

const TAKEN = ['out', '.env']

/** Reports names that cannot be, and those that two inputs share. In a pipeline the parts of a union may have one name. */
export function checkInputNames(root: YAMLMap, check: NameCheck): void {
  collect(root, check)
}

/** The inputs of a node, without those that were reported. */
function collect(node: Node | undefined, check: NameCheck): NamedInput[] {
  if (!isMap(node)) return []
  const [pair] = node.items
  const kind = keyOf(pair)
  const value = resolved(pair?.value, check.document)
  if (isSeq(value)) {
    const parts = value.items.map(item => collect(resolved(item, check.document), check))
    const isFree = kind === 'union' && check.purpose === 'pipeline'
    return isFree ? parts.flat() : withoutRepeated(parts, check)
  }
  if ((kind !== 'pfs' && kind !== 'cron') || !isMap(value)) return []
  const input = inputOf(value, pair?.key, check)
  if (!TAKEN.includes(input.name)) return [input]
  check.report(input.node, check.trans.__('No input can be called "%1": it is the name of something else in /pfs. Give it another "name".', input.name))
  return []
}

/** The inputs of all parts, without those whose name another part has. */
function withoutRepeated(parts: readonly (readonly NamedInput[])[], check: NameCheck): NamedInput[] {
  const known = new Map<string, NamedInput>()
  const kept: NamedInput[] = []
  for (const part of parts) {
    const fresh = part.filter(input => !isReported(input, known.get(input.name), check))
    for (const input of fresh) if (!known.has(input.name)) known.set(input.name, input)
    kept.push(...fresh)
  }
  return kept
}

function isReported({ name, source, node }: NamedInput, other: NamedInput | undefined, { purpose, report, trans }: NameCheck): boolean {
  // Datums of one branch can stand in one directory.
  if (!other || (purpose === 'datums' && other.source === source)) return false
  report(node, trans.__('The name "%1" is used more than once; give each input its own "name".', name))
  return true
}

function inputOf(value: YAMLMap, owner: unknown, { purpose, document }: NameCheck): NamedInput {
  const [project, repo, branch] = [textAt(value, 'project', document) || 'default', textAt(value, 'repo', document), textAt(value, 'branch', document) || 'master']
  const given = textAt(value, 'name', document)
  const usual = purpose === 'pipeline' ? repo : `${project}_${repo}${branch === 'master' ? '' : `_${branch}`}`
  return { name: given || usual, source: `${project}/${repo}@${branch}`, node: given ? pairAt(value, 'name')?.value : (pairAt(value, 'repo')?.value ?? owner) }
}
