/** Moments for people, in their language. */

const STEPS: readonly (readonly [unit: Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** How long ago an ISO moment was, in short; empty when it is none. `nowMs` is a time as Date counts it. */
export function agoText(moment: string | null, { nowMs = Date.now(), locale }: { nowMs?: number; locale?: string } = {}): string {
  const atMs = moment === null ? NaN : Date.parse(moment)
  if (Number.isNaN(atMs)) return ''
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'narrow' })
  const seconds = (atMs - nowMs) / 1000
  const [unit, length] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ['second', 1]
  return format.format(Math.trunc(seconds / length), unit)
}

/** An ISO moment with date and time; empty when it is none. */
export function momentText(moment: string | null): string {
  const atMs = moment === null ? NaN : Date.parse(moment)
  return Number.isNaN(atMs) ? '' : new Date(atMs).toLocaleString()
}
