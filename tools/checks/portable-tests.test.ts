/** Which tests run everywhere: each test is either portable, or it is said why not. */
import { expect, test } from 'vitest'

import { trackedFiles } from '../docs/pages.js'
import { notPortable, portable } from './portable-tests.mjs'

test('each test file is in one of the two lists', async () => {
  const tests = (await trackedFiles()).filter(path => /\.test\.tsx?$/.test(path))

  expect(tests.filter(path => [...portable, ...Object.keys(notPortable)].filter(folder => path.startsWith(folder)).length !== 1)).toEqual([])
})
