/** The snippets of an administrator or user: which files each of them is for, and the code that it makes. */
import type { MountEntry } from '@jupyterlab-pachyderm/mount-api'

import { fileUri } from '../mount-naming.js'
import type { ReadFile } from './code-snippet.js'

/** One of the settings that can be used. `pattern` is tried on the path below the mount directory; that of a folder ends with a slash. */
export interface ConfiguredSnippet {
  readonly label: string
  readonly pattern: RegExp
  readonly template: string
  /** Of the kernels it is for, in lower case; undefined for all. */
  readonly language: string | undefined
}

/** Why one of the settings cannot be used. */
export interface SnippetProblem {
  readonly label: string
  readonly reason: string
}

/** A mounted file. `path` is below the mount directory; without the mount only its path is known. */
export interface SnippetFile extends ReadFile {
  readonly path: string
  readonly mount: MountEntry | undefined
}

/** The value of the setting `snippets`. What has not the shape of the schema is left out; JupyterLab tells that. */
export function readSnippets(setting: unknown): { readonly snippets: readonly ConfiguredSnippet[]; readonly problems: readonly SnippetProblem[] } {
  const snippets: ConfiguredSnippet[] = []
  const problems: SnippetProblem[] = []
  for (const entry of Array.isArray(setting) ? (setting as readonly unknown[]) : []) {
    if (!isSetting(entry)) continue
    const { label, pattern, template, language } = entry
    try {
      snippets.push({ label, pattern: new RegExp(pattern), template, language: language?.toLowerCase() || undefined })
    } catch (error) {
      problems.push({ label, reason: error instanceof Error ? error.message : String(error) })
    }
  }
  return { snippets, problems }
}

/** Those for a file and the language of a kernel, in their order. */
export function snippetsFor(snippets: readonly ConfiguredSnippet[], { path, kind }: Pick<SnippetFile, 'path' | 'kind'>, language: string): readonly ConfiguredSnippet[] {
  const tried = kind === 'directory' ? `${path}/` : path
  return snippets.filter(snippet => (snippet.language === undefined || snippet.language === language.toLowerCase()) && snippet.pattern.test(tried))
}

/** The code for a file. What stands for a placeholder is escaped as in a string of the language, since a file may have any name. */
export function snippetCode({ template }: ConfiguredSnippet, { path, place, mount }: SnippetFile, language: string): string {
  const [mountName = '', ...below] = path.split('/')
  const values: Readonly<Record<string, string>> = {
    path: place,
    name: below.at(-1) ?? mountName,
    mount: mountName,
    project: mount?.project ?? '',
    repo: mount?.repo ?? '',
    branch: mount?.branch ?? '',
    commit: mount?.commit ?? '',
    uri: mount ? fileUri(mount, below.join('/')) : '',
  }
  return template.replaceAll(/\{(\w+)\}/g, (written, name: string) => (Object.hasOwn(values, name) ? escaped(values[name] ?? '', language) : written))
}

function escaped(value: string, language: string): string {
  const quoted = value.replaceAll(/[\\"']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
  // A dollar sign in a string of Julia begins a variable.
  return language.toLowerCase() === 'julia' ? quoted.replaceAll('$', '\\$') : quoted
}

interface SnippetSetting {
  readonly label: string
  readonly pattern: string
  readonly template: string
  readonly language?: string
}

function isSetting(value: unknown): value is SnippetSetting {
  if (typeof value !== 'object' || value === null) return false
  const { label, pattern, template, language } = value as Record<string, unknown>
  return [label, pattern, template].every(text => typeof text === 'string') && (language === undefined || typeof language === 'string')
}
