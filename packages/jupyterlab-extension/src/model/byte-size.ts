/** Sizes for people. */

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/** Bytes with a unit and at most three digits, such as `4.2 MB`. */
export function sizeText(bytes: number): string {
  let value = bytes
  let unit = 0
  // 999,950 would be rounded to a thousand of its unit.
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit] ?? ''}`
}
