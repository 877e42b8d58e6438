/** What changes when one specification takes the place of another. */
import { diffLines } from 'diff'
import { stringify } from 'yaml'

/** A line that goes, comes or stays. */
export interface DifferenceLine {
  readonly change: 'removed' | 'added' | 'same'
  readonly text: string
}

/** How many lines that stay are shown around those that change. */
const CONTEXT_LINES = 2
/** How a pipeline is replaced, not what it is. */
const ORDERS = new Set(['update', 'reprocess', 'dry_run'])

/** The lines of both as YAML, with what stays only where something changes; empty when both say the same. */
export function differenceOf(before: unknown, after: unknown): DifferenceLine[] {
  const lines = diffLines(textOf(before), textOf(after)).flatMap(({ added, removed, value }) => {
    const change: DifferenceLine['change'] = added ? 'added' : removed ? 'removed' : 'same'
    return value.replace(/\n$/, '').split('\n').map(text => ({ change, text }))
  })
  const isNear = (index: number) => lines.slice(Math.max(0, index - CONTEXT_LINES), index + CONTEXT_LINES + 1).some(({ change }) => change !== 'same')
  return lines.filter((_line, index) => isNear(index))
}

function textOf(spec: unknown): string {
  return stringify(plain(spec) ?? {}, { sortMapEntries: true })
}

/** In one spelling, without what is there by default, and without the branch of the code, which is new each time. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(plain).filter(item => item !== undefined)
    return items.length === 0 ? undefined : items
  }
  if (typeof value !== 'object' || value === null) return value === '' || value === false || value === 0 || value === null ? undefined : value
  const entries = Object.entries(value).map(([key, member]) => [snakeCase(key), plain(member)] as const)
  const kept = new Map<string, unknown>(entries.filter(([key, member]) => member !== undefined && !ORDERS.has(key)))
  if (kept.has('glob') && kept.has('repo')) dropDefaults(kept)
  return kept.size === 0 ? undefined : Object.fromEntries(kept)
}

function dropDefaults(pfs: Map<string, unknown>): void {
  const repo = pfs.get('repo')
  const usual = { project: 'default', branch: 'master', repo_type: 'user', name: repo }
  for (const [key, value] of Object.entries(usual)) if (pfs.get(key) === value) pfs.delete(key)
  if (typeof repo === 'string' && repo.endsWith('__context')) pfs.delete('branch')
}

/** Keys of the user, such as the names of environment variables, stay as they are. */
function snakeCase(key: string): string {
  return /^[a-z][a-zA-Z0-9]*$/.test(key) ? key.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`) : key
}
