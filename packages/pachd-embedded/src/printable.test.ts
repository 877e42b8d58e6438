import { expect, test } from 'vitest'

import { printable, printableError } from './printable.js'

test('what steers a terminal is shown as an escape, and other text as it is', () => {
  expect(printable('/ü \u001b[31m\n\u009b\u202e')).toBe('/ü \\u001b[31m\\n\\u009b\\u202e')
})

test('an error keeps the lines of its stack, and its message is one line', () => {
  const text = printableError(new TypeError('a\n\u001b'), { withStack: true })

  expect(text).toMatch(/^TypeError: a\\n\\u001b\n {4}at /)
  expect(printableError(new TypeError('a\n\u001b'), { withStack: false })).toBe('a\\n\\u001b')
})
