import { expect, test } from 'vitest'

import { isDeepJson } from './nesting.js'

test.each([
  ['flat', '{"a": [1, 2, {"b": "[[[["}]}', false],
  ['brackets in a string', JSON.stringify('['.repeat(1000)), false],
  ['brackets behind a quote in a string', `${JSON.stringify('"')},${JSON.stringify('['.repeat(1000))}`, false],
  ['many lists beside each other', `[${'[],'.repeat(1000)}[]]`, false],
  ['lists in lists', '['.repeat(1000), true],
  ['lists in lists behind a string', `["\\"",${'['.repeat(1000)}`, true],
  ['objects in objects', '{"a":'.repeat(1000), true],
])('JSON: %s', (_name, text, isDeep) => {
  expect(isDeepJson(text)).toBe(isDeep)
})
