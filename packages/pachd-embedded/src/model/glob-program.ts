/** Patterns as programs: the steps that a matcher goes through, made from the syntax of a pattern. */
import type { GlobNode, GlobSequence } from './glob-syntax.js'

/** One step. A program ends with `end`; `anywhere` says that the text may go on there. */
export type Step =
  | { readonly op: 'character'; readonly fits: (code: number) => boolean }
  | { readonly op: 'text'; readonly text: string }
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'unless'; readonly program: readonly Step[] }
  | { readonly op: 'end'; readonly anywhere: boolean }

const SLASH = 0x2f
const notSlash = (code: number): boolean => code !== SLASH
const anything = (): boolean => true

/** Turns a tree of nodes into steps. */
class Compiler {
  readonly steps: Step[] = []

  sequence(nodes: GlobSequence, isTail: boolean): this {
    const lastNegation = nodes.findLastIndex(node => node.kind === 'group' && node.quantifier === '!')
    nodes.forEach((node, i) => {
      // A negation reaches to the end of the path if nothing literal or wild follows it.
      const reachesEnd = isTail && i === lastNegation && !nodes.slice(i + 1).some(isSolid)
      this.node(node, { isTail: isTail && i === nodes.length - 1, reachesEnd })
    })
    return this
  }

  private node(node: GlobNode, { isTail, reachesEnd }: { isTail: boolean; reachesEnd: boolean }): void {
    switch (node.kind) {
      case 'text':
        this.steps.push({ op: 'text', text: node.text })
        return
      case 'one':
        this.steps.push({ op: 'character', fits: notSlash })
        return
      case 'run':
        this.repeat(() => this.steps.push({ op: 'character', fits: notSlash }))
        return
      case 'super-run':
        this.repeat(() => this.steps.push({ op: 'character', fits: anything }))
        return
      case 'class':
        this.steps.push({ op: 'character', fits: code => node.ranges.some(([low, high]) => code >= low && code <= high) !== node.negated })
        return
      case 'alternatives':
        this.options(node.options, isTail)
        return
      case 'group':
        this.steps.push({ op: 'save', slot: node.index * 2 })
        this.group(node, { isTail, reachesEnd })
        this.steps.push({ op: 'save', slot: node.index * 2 + 1 })
    }
  }

  private group(node: Extract<GlobNode, { kind: 'group' }>, { isTail, reachesEnd }: { isTail: boolean; reachesEnd: boolean }): void {
    const body = () => this.options(node.options, isTail && node.quantifier === '@')
    switch (node.quantifier) {
      case '@':
        body()
        return
      case '*':
        this.repeat(body)
        return
      case '+':
        this.repeatOnceOrMore(body)
        return
      case '?':
        this.optional(body)
        return
      case '!': {
        const inner = new Compiler()
        inner.options(node.options, reachesEnd)
        inner.steps.push({ op: 'end', anywhere: !reachesEnd })
        this.steps.push({ op: 'unless', program: inner.steps })
        this.repeat(() => this.steps.push({ op: 'character', fits: notSlash }))
      }
    }
  }

  private options(options: readonly GlobSequence[], isTail: boolean): void {
    const jumps: { op: 'jump'; to: number }[] = []
    options.forEach((option, i) => {
      const split = { op: 'split' as const, first: this.steps.length + 1, second: 0 }
      const isLast = i === options.length - 1
      if (!isLast) this.steps.push(split)
      this.sequence(option, isTail)
      if (isLast) return
      const jump = { op: 'jump' as const, to: 0 }
      this.steps.push(jump)
      jumps.push(jump)
      split.second = this.steps.length
    })
    for (const jump of jumps) jump.to = this.steps.length
  }

  private repeat(body: () => unknown): void {
    const split = { op: 'split' as const, first: this.steps.length + 1, second: 0 }
    const start = this.steps.length
    this.steps.push(split)
    body()
    this.steps.push({ op: 'jump', to: start })
    split.second = this.steps.length
  }

  private repeatOnceOrMore(body: () => unknown): void {
    const start = this.steps.length
    body()
    this.steps.push({ op: 'split', first: start, second: this.steps.length + 1 })
  }

  private optional(body: () => void): void {
    const split = { op: 'split' as const, first: this.steps.length + 1, second: 0 }
    this.steps.push(split)
    body()
    split.second = this.steps.length
  }
}

const isSolid = (node: GlobNode): boolean =>
  node.kind === 'text' || node.kind === 'run' || node.kind === 'super-run' || ((node.kind === 'group' || node.kind === 'alternatives') && node.options.some(option => option.some(isSolid)))

/** The program of a whole pattern. */
export const compileGlob = (sequence: GlobSequence): Step[] => [...new Compiler().sequence(sequence, true).steps, { op: 'end', anywhere: false }]
