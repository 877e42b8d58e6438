/** The blocks of code on a page, and how each of them is known to work. */
import { marked, type Tokens } from 'marked'

import type { Page } from './pages.js'

/**
 * How a block is tried: typed by the reader of its page; read by a parser; run by a test of its own; not at all, with the
 * reason that the source of the page gives; or not needed, because it shows something and asks for nothing.
 */
export type Trial =
  | { readonly by: 'reader' }
  | { readonly by: 'parser'; readonly parser: 'json' | 'yaml' }
  | { readonly by: 'test'; readonly test: string }
  | { readonly by: 'nobody'; readonly reason: string }
  | { readonly by: 'sight'; readonly isPrinted: boolean }
  | { readonly by: 'mistake'; readonly problem: string }

/** One block between fences. */
export interface Block {
  /** Of the first fence, from 1. */
  readonly line: number
  readonly language: string
  readonly text: string
  readonly trial: Trial
}

const LANGUAGES_OF_READERS = ['sh', 'python', 'ts']

/** The blocks of a page, in its order. */
export function blocksOf({ text }: Page): readonly Block[] {
  const lines = text.split('\n')
  const found: Block[] = []
  for (let index = 0; index < lines.length; index++) {
    const [, indent = '', fence, language = ''] = /^(\s*)(`{3,}|~{3,})\s*([\w-]*)/.exec(lines[index] ?? '') ?? []
    if (fence === undefined) continue
    const end = lines.findIndex((line, at) => at > index && line.trim() === fence)
    const content = lines.slice(index + 1, end === -1 ? undefined : end).map(line => (line.startsWith(indent) ? line.slice(indent.length) : line))
    const remark = lines.slice(0, index).findLast(line => line.trim() !== '')?.trim() ?? ''
    found.push({ line: index + 1, language, text: content.join('\n'), trial: end === -1 ? { by: 'mistake', problem: 'has no end' } : trialOf(language, remark) })
    if (end === -1) break
    index = end
  }
  return found
}

/** How many blocks of a page are made by indentation alone, so that nothing says what they are. */
export function indentedBlocks({ text }: Page): number {
  let count = 0
  void marked.walkTokens(marked.lexer(text), token => {
    if (token.type === 'code' && (token as Tokens.Code).codeBlockStyle === 'indented') count++
  })
  return count
}

/** Whether the reader of a page has a pachd at grpc://localhost:30650, as the source of the page may say. */
export function hasCluster({ text }: Page): boolean {
  return text.includes('<!-- reader: has a cluster -->')
}

function trialOf(language: string, remark: string): Trial {
  const [, word, rest = ''] = /^<!-- (not run|run by|printed)(?:: (.+))? -->$/.exec(remark) ?? []
  if (word === 'not run') return rest === '' ? { by: 'mistake', problem: 'is not run, and no reason is given' } : { by: 'nobody', reason: rest }
  if (word === 'run by') return { by: 'test', test: rest }
  if (language === 'text') return { by: 'sight', isPrinted: word === 'printed' }
  if (language === 'json' || language === 'yaml') return { by: 'parser', parser: language }
  if (LANGUAGES_OF_READERS.includes(language)) return { by: 'reader' }
  return { by: 'mistake', problem: language === '' ? 'has no language' : `is ${language}, which nobody runs: say why, or which test does` }
}
