import { describe, expect, test } from 'vitest'

import { cronIsDue, parseDuration } from './cron.js'
import { parseSize } from './triggers.js'

describe('a cron expression', () => {
  const noon = Date.UTC(2030, 0, 15, 12, 0)
  const hour = 3_600_000

  test.each([
    ['0 * * * *', noon - hour / 2, noon, true],
    ['0 * * * *', noon, noon + hour / 2, false],
    ['*/15 9-17 * * 1-5', noon - hour, noon, true],
    ['0 0 1 1 *', noon - hour, noon, false],
    ['@daily', noon - 13 * hour, noon, true],
    ['@every 30m', noon - hour, noon, true],
    ['@every 2h', noon - hour, noon, false],
  ])('%s is due between two moments or not', (spec, since, until, due) => {
    expect(cronIsDue(spec, since, until)).toBe(due)
  })

  test.each(['', '* * * *', '61 * * * *', 'every day', '@every soon'])('"%s" is none', spec => {
    expect(cronIsDue(spec, 0, noon)).toBeUndefined()
  })
})

test('a size is a number with a unit', () => {
  expect(['100', '1k', '1.5MiB', '2GB', 'lots', ''].map(parseSize)).toEqual([100, 1000, 1.5 * 2 ** 20, 2e9, undefined, undefined])
})

test('a duration adds its parts up', () => {
  expect(parseDuration('1h30m')).toBe(5_400_000)
  expect(parseDuration('1x')).toBeUndefined()
})
