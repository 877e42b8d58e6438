/** The syntax of glob patterns: from a text to a tree of nodes. */
import { ModelError, refused } from '../model-error.js'

/** What a captured group may be repeated as. */
export type Quantifier = '@' | '*' | '+' | '?' | '!'

/** A piece of a pattern. */
export type GlobNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'one' }
  | { readonly kind: 'run' }
  | { readonly kind: 'super-run' }
  | { readonly kind: 'class'; readonly negated: boolean; readonly ranges: readonly (readonly [number, number])[] }
  | { readonly kind: 'alternatives'; readonly options: readonly GlobSequence[] }
  | { readonly kind: 'group'; readonly quantifier: Quantifier; readonly index: number; readonly options: readonly GlobSequence[] }

export type GlobSequence = readonly GlobNode[]

const PATTERN_LENGTH = 4096
const DEPTH = 64

const POSIX: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  alnum: [['0', '9'], ['A', 'Z'], ['a', 'z']],
  alpha: [['A', 'Z'], ['a', 'z']],
  ascii: [['\0', '\x7f']],
  blank: [[' ', ' '], ['\t', '\t']],
  cntrl: [['\0', '\x1f'], ['\x7f', '\x7f']],
  digit: [['0', '9']],
  graph: [['!', '~']],
  lower: [['a', 'z']],
  print: [[' ', '~']],
  punct: [['!', '/'], [':', '@'], ['[', '`'], ['{', '~']],
  space: [['\t', '\r'], [' ', ' ']],
  upper: [['A', 'Z']],
  word: [['0', '9'], ['A', 'Z'], ['a', 'z'], ['_', '_']],
  xdigit: [['0', '9'], ['A', 'F'], ['a', 'f']],
}

/** Reads a pattern and counts its groups. Throws UNKNOWN for what is no pattern. */
export function parseGlob(pattern: string): { sequence: GlobSequence; groups: number } {
  if (pattern.length > PATTERN_LENGTH) throw new ModelError('INVALID_ARGUMENT', `the glob pattern is longer than ${PATTERN_LENGTH} characters`)
  const parser = new Parser(pattern)
  return { sequence: parser.sequence(0), groups: parser.groups }
}

type Closer = '}' | ')' | ''

class Parser {
  private at = 0
  groups = 0
  private readonly open: Closer[] = []

  constructor(private readonly pattern: string) {}

  private peek(offset = 0): string {
    return this.pattern[this.at + offset] ?? ''
  }

  sequence(depth: number): GlobSequence {
    if (depth > DEPTH) throw new ModelError('INVALID_ARGUMENT', `the glob pattern nests groups more than ${DEPTH} deep`)
    const nodes: GlobNode[] = []
    let text = ''
    const endText = () => {
      if (text !== '') nodes.push({ kind: 'text', text })
      text = ''
    }
    while (this.at < this.pattern.length && !this.atEndOfOption()) {
      const special = this.special(depth)
      if (special) {
        endText()
        nodes.push(special)
        continue
      }
      // A backslash takes the next character as it is.
      if (this.peek() === '\\') this.at++
      text += this.peek()
      this.at++
    }
    endText()
    return nodes
  }

  private atEndOfOption(): boolean {
    const closer = this.open.at(-1)
    const next = this.peek()
    return closer !== undefined && (next === closer || next === (closer === '}' ? ',' : '|'))
  }

  private special(depth: number): GlobNode | undefined {
    const next = this.peek()
    if (this.peek(1) === '(') {
      if (next === '^') throw refused('unimplemented quatifier ^')
      if (next === '@' || next === '*' || next === '+' || next === '?' || next === '!') {
        this.at += 2
        return this.group(next, depth)
      }
    }
    switch (next) {
      case '(':
        this.at++
        return this.group('@', depth)
      case '{':
        this.at++
        return { kind: 'alternatives', options: this.options('}', depth) }
      case '[':
        this.at++
        return this.characterClass()
      case '?':
        this.at++
        return { kind: 'one' }
      case '*': {
        const twice = this.peek(1) === '*'
        this.at += twice ? 2 : 1
        return { kind: twice ? 'super-run' : 'run' }
      }
      default:
        return undefined
    }
  }

  private group(quantifier: Quantifier, depth: number): GlobNode {
    const index = ++this.groups
    return { kind: 'group', quantifier, index, options: this.options(')', depth) }
  }

  /** The options up to the closing bracket; a bracket that is never closed ends with the pattern. */
  private options(closer: '}' | ')', depth: number): GlobSequence[] {
    this.open.push(closer)
    const options = [this.sequence(depth + 1)]
    while (this.at < this.pattern.length && this.peek() !== closer) {
      this.at++
      options.push(this.sequence(depth + 1))
    }
    this.at++
    this.open.pop()
    return options
  }

  private characterClass(): GlobNode {
    const negated = this.peek() === '!' || this.peek() === '^'
    if (negated) this.at++
    const ranges: (readonly [number, number])[] = []
    for (let isFirst = true; ; isFirst = false) {
      if (this.at >= this.pattern.length) throw refused('unexpected end of input')
      if (this.peek() === ']' && !isFirst) break
      const posix = /^\[:(\w+):\]/.exec(this.pattern.slice(this.at))
      if (posix) {
        const named = POSIX[posix[1] ?? '']
        if (!named) throw refused(`unknown character class ${posix[0]}`)
        ranges.push(...named.map(([low, high]) => [low.charCodeAt(0), high.charCodeAt(0)] as const))
        this.at += posix[0].length
        continue
      }
      const low = this.classCharacter()
      let high = low
      if (this.peek() === '-' && this.peek(1) !== ']' && this.peek(1) !== '') {
        this.at++
        high = this.classCharacter()
      }
      if (high < low) throw refused(`hi character '${high}' should be greater than lo '${low}'`)
      ranges.push([low.charCodeAt(0), high.charCodeAt(0)])
    }
    this.at++
    return { kind: 'class', negated, ranges }
  }

  private classCharacter(): string {
    if (this.peek() === '\\' && this.peek(1) !== '') this.at++
    const character = this.peek()
    this.at++
    return character
  }
}
