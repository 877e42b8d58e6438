import { expect, test } from 'vitest'

import { parseSize } from './triggers.js'

test('a size is a number with a unit', () => {
  expect(['100', '1k', '1.5MiB', '2GB', 'lots', ''].map(parseSize)).toEqual([100, 1000, 1.5 * 2 ** 20, 2e9, undefined, undefined])
})
