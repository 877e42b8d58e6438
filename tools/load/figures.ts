/** Figures of a run: what was measured, what it should be, and whether it is. */

/** One row of the report. */
export interface Figure {
  readonly what: string
  readonly figure: string
  readonly goal: string
  readonly isMet: boolean
}

/** The value below which `part` of the values are. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
}

/** The rows as a table of Markdown. */
export function report(figures: readonly Figure[]): string {
  return ['| what | figure | goal | |', '|---|---|---|---|', ...figures.map(({ what, figure, goal, isMet }) => `| ${what} | ${figure} | ${goal} | ${isMet ? '✓' : '**missed**'} |`)].join('\n')
}
