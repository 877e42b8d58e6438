/** The table at the end of a run, as Markdown. */
import type { Room } from './room.js'
import { faults, type Tally } from './tally.js'

/** One row a room: rounds, each fault, and the other figures in words. */
export function summary(results: readonly { readonly room: Room; readonly tally: Tally }[]): string {
  const head = ['room', 'rounds', ...faults, 'figures']
  const rows = results.map(({ room, tally }) => [
    `${room.name} ${tally.failures.length === 0 ? '✓' : '✗'}`,
    String(tally.rounds),
    ...faults.map(fault => String(tally.found(fault))),
    figures(tally),
  ])
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

function figures({ counts, longest }: Tally): string {
  const counted = Array.from(counts, ([what, times]) => `${times.toLocaleString('en-US')} ${what}`)
  return [...counted, ...Array.from(longest, ([what, seconds]) => `${what} ${seconds.toFixed(1)} s`)].join('; ')
}
