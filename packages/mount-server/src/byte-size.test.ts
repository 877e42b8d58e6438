import { expect, test } from 'vitest'

import { byteSize } from './byte-size.js'

test.each([
  ['0', 0],
  ['4096', 4096],
  ['10GiB', 10 * 1024 ** 3],
  ['500 MB', 500e6],
  ['1.5g', 1.5 * 1024 ** 3],
])('%s is %d bytes', (text, bytes) => {
  expect(byteSize(text)).toBe(bytes)
})

test.each(['', 'much', '-1', '10 GiB of it', '1e9'])('"%s" is no size', text => {
  expect(byteSize(text)).toBeUndefined()
})
