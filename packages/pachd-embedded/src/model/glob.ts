/** Matching paths against glob patterns, in time that grows with pattern times path and never faster. */
import { cleanPath } from './file-paths.js'
import { runProgram } from './glob-matcher.js'
import { compileGlob } from './glob-program.js'
import type { Step } from './glob-program.js'
import { parseGlob } from './glob-syntax.js'

/** A pattern that is ready to match whole paths. */
export class Glob {
  /** What every match begins with. */
  readonly literalPrefix: string
  /** How much there is to do at most for each character of a path. */
  readonly effort: number
  /** How many slashes a match can have. */
  readonly deepest: number
  private readonly program: readonly Step[]
  private readonly groups: number

  /** Throws UNKNOWN for a text that is no pattern. */
  constructor(pattern: string) {
    const clean = cleanPath(pattern)
    const { sequence, groups } = parseGlob(clean)
    this.groups = groups
    this.program = compileGlob(sequence)
    this.effort = effortOf(this.program)
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
    if (!runProgram(this.program, path, slots)) return undefined
    return Array.from({ length: this.groups + 1 }, (_, i) => (i === 0 ? path : (slots[i * 2] ?? -1) < 0 ? '' : path.slice(slots[i * 2], slots[i * 2 + 1])))
  }

  matches(path: string): boolean {
    return path.startsWith(this.literalPrefix) && runProgram(this.program, path, [])
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

const effortOf = (program: readonly Step[]): number => program.reduce((sum, step) => sum + 1 + (step.op === 'unless' ? effortOf(step.program) : 0), 0)

function deepestMatch(pattern: string): number {
  const hasClass = pattern.includes('[')
  const hasGroup = pattern.includes('(')
  if (pattern.includes('**') || pattern.includes('!(') || (hasGroup && (hasClass || pattern.indexOf('/', pattern.indexOf('(')) >= 0))) return Infinity
  let slashes = 0
  for (const character of pattern) if (character === '/' || character === '[') slashes++
  return slashes
}
