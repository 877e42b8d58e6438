/**
 * Random operations on a mount and on a plain directory. MOUNT_FS_OPERATIONS says how many (20,000), MOUNT_FS_SEED which. A failure
 * is shrunk; put what is printed into kept-operations.json, and it is tried first from then on.
 */
import fc from 'fast-check'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { type BranchPachd, startBranchPachd } from './branch-pachd.js'
import { lifeKinds, type Operation, runTwins } from './twin-directories.js'

const OPERATIONS = Number(process.env['MOUNT_FS_OPERATIONS'] ?? 20_000)
const MOST_PER_RUN = 400

const fileKinds = [
  'write', 'create', 'overwrite', 'readwrite', 'append', 'appendmany', 'touch', 'truncate', 'empty', 'fsync', 'map', 'chmod', 'utime', 'forget', 'unlink', 'mkdir', 'rmdir', 'rmtree', 'symlink', 'readlink', 'save',
  'stat', 'list', 'access', 'rename', 'rename', 'rename', 'copy', 'link', 'hold', 'heldwrite', 'heldread', 'heldtruncate', 'heldsync', 'letgo',
]

const name = fc.constantFrom('a', 'b', 'c', 'd')
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map(names => `/${names.join('/')}`)
const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.oneof({ weight: 24, arbitrary: fc.constantFrom(...fileKinds) }, { weight: 1, arbitrary: fc.constantFrom(...lifeKinds) }),
  path,
  other: path,
  to: fc.constantFrom('a', 'b', '../a', '../b/c', 'c/d', '/etc/hostname', 'nowhere'),
  seed: fc.nat(10_000),
  size: fc.oneof({ weight: 9, arbitrary: fc.nat(5000) }, { weight: 1, arbitrary: fc.constantFrom(0, 4096, 131_072, 200_000) }),
  at: fc.oneof({ weight: 9, arbitrary: fc.nat(6000) }, { weight: 1, arbitrary: fc.constantFrom(0, 4096, 65_536, 150_000, 300_000) }),
})

let pachd: BranchPachd
let repos = 0

beforeAll(async () => {
  pachd = await startBranchPachd()
})
afterAll(() => pachd.stop())

async function run(operations: readonly Operation[]): Promise<void> {
  const repo = `twins${String(++repos)}`
  await pachd.repo(repo, { '/a/a': 'aa', '/a/b/c': 'abc', '/a/b/d': Buffer.alloc(200_000, 'abd'), '/b/c': 'bc', '/c': Buffer.alloc(100_000, 'c'), '/d/a/a': 'daa' })
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
  const property = fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: MOST_PER_RUN, size: 'max' }), async operations => {
    if (done >= OPERATIONS && !hasFailed) return
    hasFailed = true
    await run(operations)
    hasFailed = false
    done += operations.length
  })
  await fc.assert(property, { numRuns: Math.ceil((OPERATIONS / MOST_PER_RUN) * 8), ...(seed === undefined ? {} : { seed: Number(seed) }) })
  expect(done).toBeGreaterThanOrEqual(OPERATIONS)
}, 1_800_000)
