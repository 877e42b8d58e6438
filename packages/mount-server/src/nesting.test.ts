import { expect, test } from 'vitest'

import { isDeepJson, isDeepYaml } from './nesting.js'

test.each([
  ['flat', '{"a": [1, 2, {"b": "[[[["}]}', false],
  ['brackets in a string', JSON.stringify('['.repeat(1000)), false],
  ['many lists beside each other', `[${'[],'.repeat(1000)}[]]`, false],
  ['lists in lists', '['.repeat(1000), true],
  ['objects in objects', '{"a":'.repeat(1000), true],
])('JSON: %s', (_name, text, isDeep) => {
  expect(isDeepJson(text)).toBe(isDeep)
})

test.each([
  ['a specification', 'input:\n  cross:\n    - pfs: {repo: a, glob: "/*"}\n    - pfs:\n        repo: b\n        glob: /\n', false],
  ['many lines of the same depth', 'a:\n  - b\n'.repeat(1000), false],
  ['an indicator in an indicator', '- '.repeat(1000), true],
  ['deeper with each line', Array.from({ length: 200 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'), true],
  ['brackets', 'a: ' + '['.repeat(1000), true],
])('YAML: %s', (_name, text, isDeep) => {
  expect(isDeepYaml(text)).toBe(isDeep)
})

test('a megabyte is looked through in no time, whatever it says', () => {
  for (const text of ['- '.repeat(500_000), ' '.repeat(1_000_000), '"'.repeat(1_000_001), '\\'.repeat(1_000_000), '-\n'.repeat(500_000)]) {
    isDeepJson(text)
    isDeepYaml(text)
  }
})
