/** What can stand at a place of an input specification: its words, and the names of projects, repos and branches. */
import type { RepoEntry } from '@jupyterlab-pachyderm/mount-api'

import { INPUT_KINDS, PFS_SWITCHES, PFS_TEXTS } from './input-rules.js'

/** What to put in the place of the text from `from` on. */
export interface SpecCompletion {
  readonly from: number
  readonly options: readonly string[]
}

/** A line as `indent`, perhaps a dash, a key, and the beginning of a value. */
const KEY_LINE = /^(\s*(?:-\s+)*)([a-z_]*)$/
const VALUE_LINE = /^(\s*(?:-\s+)*)([a-z_]+):[ \t]+(['"]?)((?:[^'"# \t][^'"#]*)?)$/

/** What fits behind the first `at` characters of `text`; undefined where nothing is known. YAML of blocks alone is understood. */
export function completionAt(text: string, at: number, repos: readonly RepoEntry[]): SpecCompletion | undefined {
  const before = text.slice(0, at)
  const lineStart = before.lastIndexOf('\n') + 1
  const line = before.slice(lineStart)
  const value = VALUE_LINE.exec(line)
  if (value) {
    const [, , key = '', , typed = ''] = value
    const options = namesFor(key, siblings(text, lineStart), repos)
    return options && { from: at - typed.length, options }
  }
  const key = KEY_LINE.exec(line)
  if (!key) return undefined
  const [, indent = '', typed = ''] = key
  const isField = parentOf(text.slice(0, lineStart), indent.length) === 'pfs' && !indent.includes('-')
  const words: readonly string[] = isField ? [...PFS_TEXTS, ...PFS_SWITCHES].filter(word => word !== 'commit') : INPUT_KINDS
  return { from: at - typed.length, options: words.map(word => `${word}: `) }
}

function namesFor(key: string, { project = 'default', repo = '' }: Siblings, repos: readonly RepoEntry[]): string[] | undefined {
  const names = (found: readonly string[]) => [...new Set(found)].sort()
  if (key === 'project') return names(repos.map(entry => entry.project))
  if (key === 'repo') return names(repos.filter(entry => entry.project === project).map(entry => entry.repo))
  if (key === 'branch') return names(repos.filter(entry => entry.project === project && entry.repo === repo).flatMap(entry => entry.branches ?? []))
  return undefined
}

interface Siblings {
  readonly project?: string
  readonly repo?: string
}

/** The other fields of the mapping in which a line stands. */
function siblings(text: string, lineStart: number): Siblings {
  const lines = text.split('\n')
  const index = text.slice(0, lineStart).split('\n').length - 1
  const depth = depthOf(lines[index] ?? '')
  const isInside = (line: string | undefined) => line !== undefined && (line.trim() === '' || depthOf(line) >= depth)
  let [first, last] = [index, index]
  while (isInside(lines[first - 1])) first--
  while (isInside(lines[last + 1])) last++
  const found = lines.slice(first, last + 1).flatMap(line => {
    const [, key, value] = /^\s*(project|repo):\s*['"]?([\w-]+)/.exec(line) ?? []
    return key !== undefined && depthOf(line) === depth ? [[key, value] as const] : []
  })
  return Object.fromEntries(found)
}

/** The key of the nearest line above that is indented less. */
function parentOf(above: string, depth: number): string | undefined {
  const line = above.split('\n').reverse().find(text => text.trim() !== '' && depthOf(text) < depth)
  return /^[\s-]*([a-z_]+):\s*$/.exec(line ?? '')?.[1]
}

function depthOf(line: string): number {
  return /^[\s-]*/.exec(line)?.[0].length ?? 0
}
