/** Specifications as texts, JSON or YAML: what they say, and what is wrong where. */
import type { TranslationBundle } from '@jupyterlab/translation'
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

/** Reads a text; one without content has neither a value nor problems. */
export function readSpec(text: string, rules: SpecRules, trans: TranslationBundle): SpecText {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'silent' })
  const problems: SpecProblem[] = []
  const report: Report = (node, message, severity = 'error') => problems.push({ ...placeOf(text, node), message, severity })
  if (document.errors.length > 0) {
    for (const { pos, message } of document.errors) problems.push({ ...onOneLine(text, pos[0], pos[1]), message: trans.__('Neither YAML nor JSON: %1', message), severity: 'error' })
    return { value: undefined, problems }
  }
  const root = resolved(document.contents, document)
  if (root === undefined) return { value: undefined, problems }
  if (!isMap(root)) {
    report(root, trans.__('A specification is a mapping, such as "pfs:" with what belongs to it below.'))
    return { value: undefined, problems }
  }
  rules(root, document, report)
  return { value: document.toJS() as Record<string, unknown>, problems }
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
