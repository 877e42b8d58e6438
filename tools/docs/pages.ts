/** The Markdown pages of the repository, and what a reader finds in them. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'

import GithubSlugger from 'github-slugger'
import { marked, type Token, type Tokens } from 'marked'

const run = promisify(execFile)

/** The root of the repository. */
export const root = resolve(import.meta.dirname, '../..')

/** One page. */
export interface Page {
  /** Below the root, with slashes. */
  readonly path: string
  readonly text: string
}

/** A link to something in the repository. */
export interface Link {
  readonly href: string
  /** Below the root, with slashes. */
  readonly target: string
  /** Without `#`; empty for the page as a whole. */
  readonly anchor: string
}

/** The files of the repository below the root: what is committed, and what would be. */
export async function trackedFiles(): Promise<readonly string[]> {
  // CI runs as root in a checkout of another user, which git would refuse.
  const { stdout } = await run('git', ['-c', `safe.directory=${root}`, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, maxBuffer: 64 * 1024 * 1024 })
  return stdout.split('\0').filter(path => path !== '')
}

/** All pages, in the order of their paths. */
export async function readPages(): Promise<readonly Page[]> {
  const paths = (await trackedFiles()).filter(path => path.endsWith('.md'))
  return Promise.all(paths.map(async path => ({ path, text: await readFile(join(root, path), 'utf8') })))
}

/** The links and pictures of a page that lead into the repository. */
export function linksOf({ path, text }: Page): readonly Link[] {
  return tokensOf(text).flatMap(token => {
    if (token.type !== 'link' && token.type !== 'image') return []
    const { href } = token as Tokens.Link | Tokens.Image
    if (/^[a-z][a-z0-9+.-]*:/i.test(href)) return []
    const [file = '', anchor = ''] = href.split('#')
    const target = file === '' ? path : relative(root, resolve(root, dirname(path), decodeURIComponent(file)))
    return [{ href, target, anchor }]
  })
}

/** The names by which the headings of a page can be linked to. */
export function anchorsOf({ text }: Page): ReadonlySet<string> {
  const slugger = new GithubSlugger()
  const headings = tokensOf(text).filter(token => token.type === 'heading') as Tokens.Heading[]
  return new Set(headings.map(({ tokens }) => slugger.slug(plainText(tokens))))
}

/** The files and folders of the repository that a page names as code, but for what a build makes, and for NAMES that stand for others. */
export function pathsNamedOn({ text }: Page): readonly string[] {
  return tokensOf(text).flatMap(token => {
    if (token.type !== 'codespan') return []
    const words = (token as Tokens.Codespan).text.split(/[\s:]+/)
    return words.filter(word => /^(?:packages|docs|tools|examples|protos|containers|deploy)\/[\w./-]*$/.test(word) && !/\/dist|\/[A-Z]+(?:\/|$)/.test(word))
  })
}

/** All that a page consists of, in its order, the whole before its parts. */
function tokensOf(text: string): readonly Token[] {
  const found: Token[] = []
  void marked.walkTokens(marked.lexer(text), token => void found.push(token))
  return found
}

function plainText(tokens: readonly Token[]): string {
  return tokens.map(token => (token as { tokens?: Token[] }).tokens?.map(part => plainText([part])).join('') ?? (token as { text?: string }).text ?? token.raw).join('')
}
