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
const DAY_MS = 24 * 60 * MINUTE_MS
/** The 29th of February comes again after eight years at most. */
const DAYS_BACK = 8 * 366
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

/** The milliseconds of a duration such as `1h30m`; undefined for a text that is none. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ns|us|ms|s|m|h))+$/.test(text)) return undefined
  let sum = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)/gy)) sum += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0)
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
    if (from < low || to > high || to < from || step < 1) return undefined
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
  const texts = (NAMED[spec.trim()] ?? spec.trim()).toLowerCase().split(/\s+/)
  if (texts.length !== RANGES.length) return undefined
  texts[3] = withNumbers(texts[3] ?? '', MONTHS, 1)
  texts[4] = withNumbers(texts[4] ?? '', WEEKDAYS, 0)
  const fields = RANGES.map((range, i) => parseField(texts[i] ?? '', range))
  const [minutes, hours, days, months, weekdays] = fields
  if (!minutes || !hours || !days || !months || !weekdays) return undefined
  const isAnyDay = [texts[2], texts[4]].some(text => text === '*' || text === '?')

  const isDueOn = (midnight: number): boolean => {
    const date = new Date(midnight)
    const [inMonth, inWeek] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay()) || (date.getUTCDay() === 0 && weekdays.has(7))]
    // Days of the month and of the week are alternatives when both are given.
    return months.has(date.getUTCMonth() + 1) && (isAnyDay ? inMonth && inWeek : inMonth || inWeek)
  }
  for (let midnight = Math.floor(untilMs / DAY_MS) * DAY_MS, count = 0; midnight + DAY_MS > sinceMs && count < DAYS_BACK; midnight -= DAY_MS, count++) {
    if (!isDueOn(midnight)) continue
    for (const hour of hours) {
      for (const minute of minutes) {
        const at = midnight + (hour * 60 + minute) * MINUTE_MS
        if (at > sinceMs && at <= untilMs) return true
      }
    }
  }
  return false
}

const withNumbers = (text: string, names: readonly string[], first: number): string => text.replace(/[a-z]{3}/g, name => (names.includes(name) ? String(names.indexOf(name) + first) : name))
