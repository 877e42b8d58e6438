import { expect, test } from 'vitest'

import { sizeText } from './byte-size.js'
import { agoText, momentText } from './moment.js'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [4_200_000, '4.2 MB'],
  [999_950, '1.0 MB'],
  [123_456, '123 kB'],
  [99_960, '100 kB'],
  [5e15, '5000 TB'],
])('%i bytes read "%s"', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text)
})

test.each([
  ['2026-01-10T11:59:30Z', '30s ago'],
  ['2026-01-10T11:30:00Z', '30m ago'],
  ['2026-01-10T09:00:00Z', '3h ago'],
  ['2026-01-08T12:00:00Z', '2d ago'],
  ['2025-12-20T12:00:00Z', '3w ago'],
  ['2024-01-10T12:00:00Z', '2y ago'],
])('%s is "%s" from noon on', (moment, text) => {
  expect(agoText(moment, { nowMs: Date.parse('2026-01-10T12:00:00Z'), locale: 'en' })).toBe(text)
})

test('what is no moment has no text', () => {
  expect([agoText(null), agoText('soon'), momentText(null), momentText('')]).toEqual(['', '', '', ''])
})
