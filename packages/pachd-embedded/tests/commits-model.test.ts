import { pfs } from '@jupyterlab-pachyderm/pachd-proto'
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { problemsOf } from './problems.js'
import { serving } from './serving.js'
import { add, copy, on, remove } from './wire-client.js'

const now = serving()

type Files = ReadonlyMap<string, string>

/** A branch as the plain model has it: what its head holds, and whether that is open. */
interface ModelBranch {
  finished: Files
  working: Files
  open: boolean
}

const paths = ['/a', '/b', '/d/x', '/d/y', '/d/e/z', '/f/g', '/f-1', '/f.txt', '/0'] as const
const path = fc.constantFrom(...paths)
const branch = fc.constantFrom('master', 'dev')

const fileOperation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('add' as const), path, text: fc.oneof({ weight: 30, arbitrary: fc.string({ maxLength: 12 }) }, { weight: 1, arbitrary: fc.integer({ min: 999_990, max: 1_000_010 }).map(length => 'x'.repeat(length)) }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), path: fc.oneof(path, fc.constantFrom('/d/', '/f/', '/d/e/', '/')) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('copy' as const), from: path, to: path, append: fc.boolean() }) },
)
const step = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('modify' as const), branch, operations: fc.array(fileOperation, { maxLength: 12 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('start' as const), branch }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('finish' as const), branch }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('clear' as const), branch }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('read' as const), branch }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'collect' as const }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
type Operation = typeof fileOperation extends fc.Arbitrary<infer T> ? T : never

function applied(files: Files, operations: readonly Operation[], source: Files): Files {
  const result = new Map(files)
  for (const operation of operations) {
    if (operation.kind === 'add') result.set(operation.path, (result.get(operation.path) ?? '') + operation.text)
    else if (operation.kind === 'delete') {
      for (const name of [...result.keys()]) if (name === operation.path || (operation.path.endsWith('/') && name.startsWith(operation.path))) result.delete(name)
    } else {
      const from = source.get(operation.from)
      if (from !== undefined) result.set(operation.to, operation.append ? (result.get(operation.to) ?? '') + from : from)
    }
  }
  return result
}

async function run(repo: string, steps: readonly Step[]): Promise<void> {
  await now().client.createRepo(repo)
  const branches = new Map<string, ModelBranch>()
  const of = (name: string): ModelBranch => branches.get(name) ?? { finished: new Map(), working: new Map(), open: false }
  const head = (name: string) => on(repo, name)

  async function check(name: string): Promise<void> {
    const expected = branches.get(name)?.working
    if (!expected) return
    const found = new Map<string, string>()
    for (const { file, fileType } of await now().client.walk(head(name))) {
      if (fileType === 'FILE' && file) found.set(file.path, (await now().client.get(head(name), file.path)).toString())
    }
    expect([...found].sort()).toEqual([...expected].sort())
    expect([...found.keys()]).toEqual([...found.keys()].sort())
  }

  for (const one of steps) {
    if (one.kind === 'collect') {
      await now().pachd.collectGarbage()
      continue
    }
    const state = of(one.branch)
    const known = branches.has(one.branch)
    switch (one.kind) {
      case 'modify': {
        const source = head(one.branch)
        const operations = known ? one.operations : one.operations.filter(({ kind }) => kind !== 'copy')
        await now().client.modify(
          head(one.branch),
          operations.map(operation => (operation.kind === 'add' ? add(operation.path, operation.text) : operation.kind === 'delete' ? remove(operation.path) : copy(source, operation.from, operation.to, operation.append))),
        )
        const working = applied(state.working, operations, state.working)
        branches.set(one.branch, { finished: state.open ? state.finished : working, working, open: state.open })
        break
      }
      case 'start':
        if (state.open) break
        await now().client.startCommit(repo, one.branch)
        branches.set(one.branch, { ...state, open: true })
        break
      case 'finish':
        if (!state.open) break
        await now().client.finishCommit(head(one.branch))
        branches.set(one.branch, { finished: state.working, working: state.working, open: false })
        break
      case 'clear':
        if (!state.open) break
        await now().client.unary(pfs.APIDefinition, pfs.APIDefinition.methods.clearCommit, { commit: head(one.branch) })
        branches.set(one.branch, { ...state, working: state.finished })
        break
      case 'read':
        await check(one.branch)
    }
  }
  for (const name of branches.keys()) await check(name)
}

// Some 20,000 operations in half a minute; twice as many and more for a run at night. fast-check prints the seed of a failure.
const RUNS = Number(process.env['PACHD_MODEL_RUNS'] ?? 100)

test('any sequence of commits and file operations shows what a plain map of files would', async () => {
  let number = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 50, size: 'max' }), async steps => {
      await run(`r${number++}`, steps)
    }),
    { numRuns: RUNS, endOnFailure: true },
  )
  await now().pachd.stop()
  expect(await problemsOf(now().dataDir)).toEqual([])
}, 180_000)
