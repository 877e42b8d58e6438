/**
 * Random operations on a mount and on a plain directory. MOUNT_FS_OPERATIONS says how many (20,000), MOUNT_FS_SEED which. A failure
 * is shrunk; put what is printed into kept-operations.json, and it is tried first from then on.
 */
import fc from 'fast-check'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { type BranchPachd, startBranchPachd } from './branch-pachd.js'
import { fileKinds, firstFiles, randomOperations } from './random-operations.js'
import { lifeKinds, type Operation, runTwins } from './twin-directories.js'

const OPERATIONS = Number(process.env['MOUNT_FS_OPERATIONS'] ?? 20_000)
const MOST_PER_RUN = 400

let pachd: BranchPachd
let repos = 0

beforeAll(async () => {
  pachd = await startBranchPachd()
})
afterAll(() => pachd.stop())

async function run(operations: readonly Operation[]): Promise<void> {
  const repo = `twins${String(++repos)}`
  await pachd.repo(repo, firstFiles)
  await runTwins(pachd, repo, operations)
}

test('there are at least 25 kinds of operation', () => {
  expect(new Set([...fileKinds, ...lifeKinds]).size).toBeGreaterThanOrEqual(25)
})

test('operations that once went wrong leave a mount and its branch as a plain directory', async () => {
  const kept = JSON.parse(await readFile(join(import.meta.dirname, 'kept-operations.json'), 'utf8')) as Partial<Operation>[][]
  for (const operations of kept) await run(operations.map(one => ({ kind: '', path: '/a', other: '/b', to: 'a', seed: 0, size: 0, at: 0, ...one })))
})

test('random operations leave a mount and its branch as a plain directory', async () => {
  const seed = process.env['MOUNT_FS_SEED']
  let [done, hasFailed] = [0, false]
  const property = fc.asyncProperty(randomOperations({ atMost: MOST_PER_RUN }), async operations => {
    if (done >= OPERATIONS && !hasFailed) return
    hasFailed = true
    await run(operations)
    hasFailed = false
    done += operations.length
  })
  await fc.assert(property, { numRuns: Math.ceil((OPERATIONS / MOST_PER_RUN) * 8), ...(seed === undefined ? {} : { seed: Number(seed) }) })
  expect(done).toBeGreaterThanOrEqual(OPERATIONS)
}, 1_800_000)
