/** Specifications as texts, JSON or YAML: what they say, and what is wrong where. */
import type { TranslationBundle } from '@jupyterlab/translation'
import { CORE_SCHEMA, loadAll, YAMLException } from 'js-yaml'
import { isAlias, isMap, isNode, parseDocument, type Document, type Node, type YAMLMap } from 'yaml'

/** Something to say about a piece of a text; `from` and `to` count UTF-16 units, and end on the line on which they begin. */
export interface SpecProblem {
  readonly from: number
  readonly to: number
  readonly message: string
  /** What is not an error can be sent. */
  readonly severity: 'error' | 'warning'
}

/** What a text says. `value` is undefined when it is no mapping at all. */
export interface SpecText {
  readonly value: Readonly<Record<string, unknown>> | undefined
  readonly problems: readonly SpecProblem[]
}

/** Says something about a node; one that stands nowhere is taken for the whole text. */
export type Report = (node: unknown, message: string, severity?: SpecProblem['severity']) => void

/** What a specification of some kind has to keep to, beyond being a mapping. */
export type SpecRules = (root: YAMLMap, document: Document, report: Report) => void

/** Far longer than what people write; each key typed reads all of it again. */
const MAX_LENGTH = 64 * 1024
const MAX_DEPTH = 100
/** An alias can repeat what holds aliases, so this bounds how large the whole can become. */
const MAX_ALIASES = 20
/** More problems than anybody reads. */
const MAX_PROBLEMS = 50

/** Reads a text; one without content has neither a value nor problems. */
export function readSpec(text: string, rules: SpecRules, trans: TranslationBundle): SpecText {
  const mistake = firstMistake(text, trans)
  if (mistake) return { value: undefined, problems: [mistake] }
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent', uniqueKeys: false })
  const problems: SpecProblem[] = []
  const report: Report = (node, message, severity = 'error') => {
    if (problems.length < MAX_PROBLEMS) problems.push({ ...placeOf(text, node), message, severity })
  }
  for (const { pos, message } of document.errors.slice(0, 1)) return { value: undefined, problems: [malformed(text, pos, message, trans)] }
  const root = resolved(document.contents, document)
  if (root === undefined) return { value: undefined, problems }
  if (!isMap(root)) {
    report(root, trans.__('A specification is a mapping, such as "pfs:" with what belongs to it below.'))
    return { value: undefined, problems }
  }
  rules(root, document, report)
  return { value: document.toJS({ maxAliasCount: -1 }) as Record<string, unknown>, problems }
}

/**
 * What makes a text unreadable, found by a parser that stops there. The one whose document the rules walk collects
 * all mistakes, which takes seconds for a text of nothing but mistakes.
 */
function firstMistake(text: string, trans: TranslationBundle): SpecProblem | undefined {
  if (text.length > MAX_LENGTH) return { from: 0, to: 0, message: trans.__('A specification can be up to %1 KiB long.', MAX_LENGTH / 1024), severity: 'error' }
  try {
    loadAll(text, { schema: CORE_SCHEMA, maxDepth: MAX_DEPTH, maxAliases: MAX_ALIASES })
    return undefined
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    const at = error.mark?.position ?? 0
    return malformed(text, [at, at + 1], error.reason, trans)
  }
}

function malformed(text: string, [from, to]: readonly [number, number], reason: string, trans: TranslationBundle): SpecProblem {
  return { ...onOneLine(text, from, to), message: trans.__('Neither YAML nor JSON: %1', reason), severity: 'error' }
}

/** Whether something keeps the text from being sent. */
export function hasErrors({ value, problems }: SpecText): boolean {
  return value === undefined || problems.some(({ severity }) => severity === 'error')
}

/** The node itself, or the one that it is an alias of; undefined for null and for nothing. */
export function resolved(node: unknown, document: Document): Node | undefined {
  const found: unknown = isAlias(node) ? node.resolve(document) : node
  return isNode(found) && found.toJSON() !== null ? found : undefined
}

function placeOf(text: string, node: unknown): { from: number; to: number } {
  const [from = 0, to = text.length] = isNode(node) ? (node.range ?? []) : []
  return onOneLine(text, from, to)
}

function onOneLine(text: string, from: number, to: number): { from: number; to: number } {
  const start = Math.min(from, text.length)
  const lineEnd = text.indexOf('\n', start)
  return { from: start, to: Math.max(start, Math.min(to, lineEnd === -1 ? text.length : lineEnd)) }
}
