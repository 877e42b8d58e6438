import { describe, expect, test } from 'vitest'

import { cronIsDue, parseDuration } from './cron.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** A Tuesday. */
const noon = Date.UTC(2030, 0, 15, 12, 0)

describe('a cron expression', () => {
  test.each([
    ['0 * * * *', noon - HOUR / 2, noon, true],
    ['0 * * * *', noon, noon + HOUR / 2, false],
    ['0 * * * *', noon - 1, noon, true],
    ['*/15 9-17 * * 1-5', noon - HOUR, noon, true],
    ['*/15 9-17 * * 0,6', noon - DAY, noon, false],
    ['*/15 9-17 * JAN MON-FRI', noon - HOUR, noon, true],
    ['0 0 1 1 *', noon - HOUR, noon, false],
    ['0 0 1 1 *', noon - 15 * DAY, noon, true],
    ['@daily', noon - 13 * HOUR, noon, true],
    ['@yearly', noon - DAY, noon, false],
    ['@every 30m', noon - HOUR, noon, true],
    ['@every 2h', noon - HOUR, noon, false],
  ])('%s is due between two moments or not', (spec, since, until, due) => {
    expect(cronIsDue(spec, since, until)).toBe(due)
  })

  test('with a day of the month and one of the week is due on either', () => {
    const spec = '0 12 15 * 5'

    expect(cronIsDue(spec, noon - 1, noon)).toBe(true)
    expect(cronIsDue(spec, noon + 3 * DAY - 1, noon + 3 * DAY)).toBe(true)
    expect(cronIsDue(spec, noon + DAY - 1, noon + DAY)).toBe(false)
  })

  test('of a leap day is found, however long ago that was', () => {
    expect(cronIsDue('0 0 29 2 *', 0, noon)).toBe(true)
    expect(cronIsDue('0 0 29 2 *', Date.UTC(2028, 1, 29), noon)).toBe(false)
    expect(cronIsDue('0 0 30 2 *', 0, noon)).toBe(false)
  })

  test('takes 0 and 7 for Sunday', () => {
    const sunday = noon - 2 * DAY

    expect(cronIsDue('0 12 * * 0', sunday - 1, sunday)).toBe(true)
    expect(cronIsDue('0 12 * * 7', sunday - 1, sunday)).toBe(true)
  })

  test.each(['', '* * * *', '61 * * * *', '5-1 * * * *', '* * 0 * *', '*/0 * * * *', 'every day', '* * * foo *', '@every soon', '@every 0s', '@never'])('"%s" is none', spec => {
    expect(cronIsDue(spec, 0, noon)).toBeUndefined()
  })
})

test('a duration adds its parts up', () => {
  expect(parseDuration('1h30m')).toBe(5_400_000)
  expect(parseDuration('1.5s')).toBe(1500)
  expect(parseDuration('1x')).toBeUndefined()
})
