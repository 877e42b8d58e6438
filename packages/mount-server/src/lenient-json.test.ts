import { expect, test } from 'vitest'

import { BodyError, parseLenientJson, pickKeys } from './lenient-json.js'

test.each([
  ['{"a": 1}', { a: 1 }],
  ['{"a": "}"} and more', { a: '}' }],
  [' {"a": [1, {"b": 2}]}{"c": 3}', { a: [1, { b: 2 }] }],
  ['null', {}],
  ['[]', []],
])('%s reads as %j', (text, value) => {
  expect(parseLenientJson(text)).toEqual(value)
})

test.each(['', '   ', '{', "{'mounts': []}", 'mounts', '{"mounts": [}'])('%j is refused', text => {
  expect(() => parseLenientJson(text)).toThrow(BodyError)
})

test('a body that nests without end is refused before it is parsed', () => {
  expect(() => parseLenientJson('['.repeat(100_000))).toThrow('nests deeper than 64 levels')
})

test('keys are found in any spelling, and unknown or empty ones are left out', () => {
  expect(pickKeys({ REPO: 'cats', Branch: 'dev', colour: 'red', paths: null }, ['repo', 'branch', 'paths'])).toEqual({ repo: 'cats', branch: 'dev' })
})
