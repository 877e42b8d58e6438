import { expect, test } from 'vitest'

import { printable, printableJson, printableName, printableRecord } from './printable.js'

test.each([
  ['plain ü 日本 😀', 'plain ü 日本 😀'],
  ['\u001b[31mred', '\\u001b[31mred'],
  ['a\nb\r\tc', 'a\\nb\\r\\tc'],
  ['\u009b2J\u007f\u0000', '\\u009b2J\\u007f\\u0000'],
  ['\u202egpj.exe\u2028\ud800', '\\u202egpj.exe\\u2028\\ud800'],
])('%j is printed as %j', (text, shown) => {
  expect(printable(text)).toBe(shown)
  expect(printable(shown)).toBe(shown)
})

test('a name that looks escaped is told from one that is', () => {
  expect(printableName('a\\n')).toBe('a\\\\n')
  expect(printableName('a\n')).toBe('a\\n')
})

test('JSON holds the exact value in characters that any terminal can show', () => {
  const value = { path: '/\u001b]0;\u009b\u202e\u007f' }

  const text = printableJson(value, 2)

  expect(text).not.toMatch(/[^\n -~]/)
  expect(JSON.parse(text)).toEqual(value)
})

test('a record of the log is escaped in all depths, and its stack keeps its lines', () => {
  expect(printableRecord({ msg: 'a\nb', err: { message: '\u001b', stack: 'Error: \u001b\n    at x' }, paths: ['\u001b'], n: 1 })).toEqual({
    msg: 'a\\nb', err: { message: '\\u001b', stack: 'Error: \\u001b\n    at x' }, paths: ['\\u001b'], n: 1,
  })
})
