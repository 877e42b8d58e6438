/** Matching paths against glob patterns, in time that grows with pattern times path and never faster. */
import { parseGlob } from './glob-syntax.js'
import type { GlobNode, GlobSequence } from './glob-syntax.js'
import { cleanPath } from './file-paths.js'

type Step =
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
        body()
        this.repeat(body)
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

  private optional(body: () => void): void {
    const split = { op: 'split' as const, first: this.steps.length + 1, second: 0 }
    this.steps.push(split)
    body()
    split.second = this.steps.length
  }
}

const isSolid = (node: GlobNode): boolean =>
  node.kind === 'text' || node.kind === 'run' || node.kind === 'super-run' || ((node.kind === 'group' || node.kind === 'alternatives') && node.options.some(option => option.some(isSolid)))

type Task = { readonly pc: number; readonly at: number } | { readonly slot: number; readonly old: number }

/** Tries the ways through a program, each place of it with each place of the text at most once. */
function run(program: readonly Step[], text: string, start: number, slots: number[]): boolean {
  const width = text.length + 1
  const seen = new Uint8Array((program.length * width + 7) >>> 3)
  const tasks: Task[] = [{ pc: 0, at: start }]
  for (let task = tasks.pop(); task; task = tasks.pop()) {
    if ('slot' in task) {
      slots[task.slot] = task.old
      continue
    }
    let { pc, at } = task
    for (;;) {
      const place = pc * width + at
      const mask = 1 << (place & 7)
      const byte = seen[place >>> 3] ?? 0
      if (byte & mask) break
      seen[place >>> 3] = byte | mask
      const step = program[pc]
      if (!step) break
      if (step.op === 'end') {
        if (step.anywhere || at === text.length) return true
        break
      }
      if (step.op === 'text') {
        if (!text.startsWith(step.text, at)) break
        at += step.text.length
        pc++
      } else if (step.op === 'character') {
        if (at >= text.length || !step.fits(text.charCodeAt(at))) break
        at++
        pc++
      } else if (step.op === 'split') {
        tasks.push({ pc: step.second, at })
        pc = step.first
      } else if (step.op === 'jump') {
        pc = step.to
      } else if (step.op === 'save') {
        tasks.push({ slot: step.slot, old: slots[step.slot] ?? -1 })
        slots[step.slot] = at
        pc++
      } else {
        if (run(step.program, text, at, [])) break
        pc++
      }
    }
  }
  return false
}

/** A pattern that is ready to match whole paths. */
export class Glob {
  /** What every match begins with. */
  readonly literalPrefix: string
  /** How many slashes a match can have. */
  readonly deepest: number
  private readonly program: readonly Step[]
  private readonly groups: number

  /** Throws UNKNOWN for a text that is no pattern. */
  constructor(pattern: string) {
    const clean = cleanPath(pattern)
    const { sequence, groups } = parseGlob(clean)
    this.groups = groups
    this.program = [...new Compiler().sequence(sequence, true).steps, { op: 'end', anywhere: false }]
    const special = clean.search(/[*?[\]{}!()@+^]/)
    this.literalPrefix = special < 0 ? clean : clean.slice(0, special)
    this.deepest = deepestMatch(clean)
    this.isRoot = clean === '/'
  }

  /** Whether the pattern means the root directory, which no other pattern matches. */
  readonly isRoot: boolean

  /** The places of the groups in a path, or undefined when it does not match. Directories are matched without their slash. */
  match(path: string): readonly string[] | undefined {
    const slots = new Array<number>((this.groups + 1) * 2).fill(-1)
    if (!run(this.program, path, 0, slots)) return undefined
    return Array.from({ length: this.groups + 1 }, (_, i) => (i === 0 ? path : (slots[i * 2] ?? -1) < 0 ? '' : path.slice(slots[i * 2], slots[i * 2 + 1])))
  }

  matches(path: string): boolean {
    return path.startsWith(this.literalPrefix) && run(this.program, path, 0, [])
  }

  /** Puts the groups of a match into a template: `$1`, `${1}`, `$0` for the whole, `$$` for a dollar. */
  replace(path: string, template: string): string {
    const groups = this.match(path)
    if (!groups) return ''
    return template.replace(/\$(?:\$|\{(\d+)\}|(\d+))/g, (whole, braced: string | undefined, plain: string | undefined) =>
      whole === '$$' ? '$' : (groups[Number(braced ?? plain)] ?? whole),
    )
  }
}

function deepestMatch(pattern: string): number {
  const hasClass = pattern.includes('[')
  const hasGroup = pattern.includes('(')
  if (pattern.includes('**') || pattern.includes('!(') || (hasGroup && (hasClass || pattern.indexOf('/', pattern.indexOf('(')) >= 0))) return Infinity
  let slashes = 0
  for (const character of pattern) if (character === '/' || character === '[') slashes++
  return slashes
}
