/** Under load nothing fails and nothing grows. LOAD_SECONDS is 30 by default, and 300 at night. */
import { afterAll, beforeAll, expect, test } from 'vitest'

import { churn, manyMounts } from './many-mounts.js'
import { mixed } from './mixed.js'
import { type Stack, startStack } from './stack.js'

const seconds = Number(process.env.LOAD_SECONDS ?? 30)
let stack: Stack

beforeAll(async () => {
  stack = await startStack()
}, 60_000)
afterAll(() => stack.stop(), 60_000)

test('64 clients that ask and read while 16 readers stream get no error', async () => {
  const { errors, answers } = await mixed(stack, seconds)

  expect(errors.map(String)).toEqual([])
  expect(answers).toBeGreaterThan(0)
}, seconds * 1000 + 120_000)

test('256 mounts work at once, and mounts that come and go leave nothing behind', async () => {
  await manyMounts(stack)

  const { early, late } = await churn(stack, seconds / 60)

  expect(late.handles).toBeLessThanOrEqual(early.handles + 4)
  expect(late.threads).toBeLessThanOrEqual(early.threads)
  expect(late.residentMiB).toBeLessThan(early.residentMiB * 1.5)
}, seconds * 1000 + 180_000)
