/** When a cron expression was due last: the five fields of cron, `@every` and the usual names. */

const NAMED: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}
const UNIT_MS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
const RANGES = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const
const MINUTE_MS = 60_000

/** The milliseconds of a duration such as `1h30m`; undefined for a text that is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/.test(text)) return undefined
  let sum = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)/g)) sum += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0)
  return sum
}

function parseField(text: string, [low, high]: readonly [number, number]): ReadonlySet<number> | undefined {
  const values = new Set<number>()
  for (const part of text.split(',')) {
    const match = /^(\*|\?|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part)
    if (!match) return undefined
    const from = match[2] === undefined ? low : Number(match[2])
    const to = match[3] !== undefined ? Number(match[3]) : match[2] === undefined || match[4] !== undefined ? high : from
    const step = match[4] === undefined ? 1 : Number(match[4])
    if (from < low || to > high || step < 1) return undefined
    for (let value = from; value <= to; value += step) values.add(value)
  }
  return values
}

/** Whether the expression came due after `sinceMs` and not after `untilMs`, in UTC; undefined when it is no expression. */
export function cronIsDue(spec: string, sinceMs: number, untilMs: number): boolean | undefined {
  const every = /^@every\s+(\S+)$/.exec(spec.trim())
  if (every) {
    const period = parseDuration(every[1] ?? '')
    return period === undefined || period <= 0 ? undefined : untilMs - sinceMs >= period
  }
  const texts = (NAMED[spec.trim()] ?? spec.trim()).split(/\s+/)
  if (texts.length !== RANGES.length) return undefined
  const fields = RANGES.map((range, i) => parseField(texts[i] ?? '', range))
  const [minutes, hours, days, months, weekdays] = fields
  if (!minutes || !hours || !days || !months || !weekdays) return undefined
  // A year and a day back is enough for every expression that comes due at all.
  const earliest = Math.max(sinceMs, untilMs - 367 * 24 * 60 * MINUTE_MS)
  for (let at = Math.floor(untilMs / MINUTE_MS) * MINUTE_MS; at > earliest; at -= MINUTE_MS) {
    const time = new Date(at)
    const weekday = time.getUTCDay()
    const dayFits = days.has(time.getUTCDate()) && (weekdays.has(weekday) || (weekday === 0 && weekdays.has(7)))
    if (minutes.has(time.getUTCMinutes()) && hours.has(time.getUTCHours()) && dayFits && months.has(time.getUTCMonth() + 1)) return true
  }
  return false
}
