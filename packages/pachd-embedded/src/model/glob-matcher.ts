/** Running the program of a pattern over a path, in time that grows with program times path and never faster. */
import type { Step } from './glob-program.js'

/** For the programs of negations: from which places of one text they match, found for all places at once. */
class Lookaheads {
  private readonly known = new Map<readonly Step[], Uint8Array>()

  constructor(private readonly text: string) {}

  matches(program: readonly Step[], at: number): boolean {
    const known = this.known.get(program) ?? this.solve(program)
    this.known.set(program, known)
    return known[at] === 1
  }

  /** Goes through the text backwards: a step leads to the end if one of those that may follow it does. */
  private solve(program: readonly Step[]): Uint8Array {
    const { text } = this
    const width = text.length + 1
    const leads = new Uint8Array(program.length * width)
    const before = stepsBefore(program)
    for (let at = text.length; at >= 0; at--) {
      const open: number[] = []
      const mark = (pc: number) => {
        if (leads[pc * width + at] === 1) return
        leads[pc * width + at] = 1
        open.push(pc)
      }
      program.forEach((step, pc) => {
        if (this.takesText(step, at) && leads[(pc + 1) * width + at + (step.op === 'text' ? step.text.length : 1)] === 1) mark(pc)
        if (step.op === 'end' && (step.anywhere || at === text.length)) mark(pc)
      })
      for (let pc = open.pop(); pc !== undefined; pc = open.pop()) {
        for (const earlier of before[pc] ?? []) {
          const step = program[earlier]
          if (step?.op !== 'unless' || !this.matches(step.program, at)) mark(earlier)
        }
      }
    }
    return leads.subarray(0, width)
  }

  private takesText(step: Step, at: number): boolean {
    if (step.op === 'text') return this.text.startsWith(step.text, at)
    return step.op === 'character' && at < this.text.length && step.fits(this.text.charCodeAt(at))
  }
}

/** For each step, those from which one gets to it without taking any text. */
function stepsBefore(program: readonly Step[]): number[][] {
  const before: number[][] = program.map(() => [])
  program.forEach((step, pc) => {
    const next = step.op === 'split' ? [step.first, step.second] : step.op === 'jump' ? [step.to] : step.op === 'save' || step.op === 'unless' ? [pc + 1] : []
    for (const to of next) before[to]?.push(pc)
  })
  return before
}

type Task = { readonly pc: number; readonly at: number } | { readonly slot: number; readonly old: number }

/** Tries the ways through a program from the start of a text, each place of it with each place of the text at most once; fills in where groups begin and end. */
export function runProgram(program: readonly Step[], text: string, slots: number[]): boolean {
  const lookaheads = new Lookaheads(text)
  const width = text.length + 1
  const seen = new Uint8Array((program.length * width + 7) >>> 3)
  const tasks: Task[] = [{ pc: 0, at: 0 }]
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
        if (lookaheads.matches(step.program, at)) break
        pc++
      }
    }
  }
  return false
}
