/** Whatever is done to branches and commits, and in whatever order: what leads to each other goes on doing so. */
import fc from 'fast-check'
import { expect, test } from 'vitest'

import { ModelScene, branch, repo } from '../../tests/scene.js'
import { ModelError } from '../model-error.js'
import { createBranch, deleteBranch } from './branches.js'
import type { Change } from './change.js'
import { findCommit, resolveCommit } from './commit-reference.js'
import { commitsOfSet, removeCommit, removeSet } from './commit-sets.js'
import { beginFinish, childrenOf, startCommit, subvenantCommits } from './commits.js'
import { inspectRecords } from './inspection.js'
import { showBranch, showCommit, showRepo } from './names.js'
import { branchProvenance } from './propagation.js'
import { branchKey, commitKey, orderKey, repoKey, tables } from './records.js'
import type { CommitRecord } from './records.js'
import { createRepo, deleteRepo, subvenantBranches } from './repos.js'

const REPOS = ['a', 'b', 'c', 'd'] as const
const name = fc.constantFrom(...REPOS)
const branchName = fc.constantFrom('master', 'dev')
const at = fc.record({ of: name, on: branchName })
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('branch' as const), at, provenance: fc.array(at, { maxLength: 3 }), silent: fc.boolean(), head: fc.option(fc.nat(5), { freq: 3 }) }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('start' as const), at, back: fc.nat(2) }) },
  { weight: 10, arbitrary: fc.record({ kind: fc.constant('finish' as const), at, withError: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove-set' as const), at, back: fc.nat(2), removal: fc.constantFrom('squash' as const, 'drop' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('remove-commit' as const), at, back: fc.nat(2), removal: fc.constantFrom('squash' as const, 'drop' as const), recursive: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete-branch' as const), at, force: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete-repo' as const), of: name, force: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('create-repo' as const), of: name }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Mostly one step; sometimes several at once, as in a transaction. */
const changeOfSteps = fc.oneof({ weight: 3, arbitrary: step.map(one => [one]) }, { weight: 1, arbitrary: fc.array(step, { minLength: 2, maxLength: 4 }) })

function apply(change: Change, one: Step): void {
  const commitAt = (of: string, on: string, back: number) => resolveCommit(change.rows, { repo: repo(of), id: '', branch: `${on}~${back}` })
  switch (one.kind) {
    case 'branch': {
      const provenance = one.provenance.map(source => branch(source.of, source.on))
      const head = one.head === null ? undefined : { repo: repo(one.at.of), id: '', branch: `${one.at.on}~${one.head}` }
      createBranch(change, { branch: branch(one.at.of, one.at.on), head, provenance, silent: one.silent ? provenance : [], trigger: undefined })
      break
    }
    case 'start':
      startCommit(change, { branch: branch(one.at.of, one.at.on), parent: one.back === 0 ? undefined : { repo: repo(one.at.of), id: '', branch: `${one.at.on}~${one.back}` }, description: '' })
      break
    case 'finish': {
      const record = commitAt(one.at.of, one.at.on, 0)
      beginFinish(change, record, one.withError ? { error: 'it went wrong' } : {})
      const latest = findCommit(change.rows, record.commit)
      if (latest) change.putCommit({ ...latest, finished: change.time, root: 0, baseRoot: 0 })
      break
    }
    case 'remove-set':
      removeSet(change, commitAt(one.at.of, one.at.on, one.back).commit.id, one.removal)
      break
    case 'remove-commit':
      removeCommit(change, commitAt(one.at.of, one.at.on, one.back), one.removal, { recursive: one.recursive })
      break
    case 'delete-branch':
      deleteBranch(change, branch(one.at.of, one.at.on), { force: one.force })
      break
    case 'delete-repo':
      deleteRepo(change, repo(one.of), { force: one.force })
      break
    case 'create-repo':
      createRepo(change, { repo: repo(one.of), description: '', update: false })
  }
}

const sorted = (texts: readonly string[]) => [...texts].sort()

function check({ rows }: ModelScene): void {
  expect([...inspectRecords(rows)]).toEqual([])
  const commits = [...tables.commits.list(rows)]
  const branches = [...tables.branches.list(rows)]
  for (const record of commits) checkCommit(rows, record, commits)
  const ids = new Set(commits.map(({ commit }) => commit.id))
  for (const id of ids) expect(commitsOfSet(rows, id).length).toBeGreaterThanOrEqual(commits.filter(({ commit }) => commit.id === id).length)
  for (const table of [tables.commitOrder, tables.commitLog, tables.commitSets]) expect(sorted([...table.list(rows)].map(showCommit))).toEqual(sorted(commits.map(({ commit }) => showCommit(commit))))
  expect([...tables.commitSubvenance.entries(rows)].length).toBe(commits.reduce((sum, { provenance }) => sum + provenance.length, 0))
  expect([...tables.commitChildren.entries(rows)].length).toBe(commits.filter(({ parent }) => parent !== undefined).length)

  for (const { branch: of, provenance } of branches) {
    expect(tables.repos.get(rows, ...repoKey(of.repo))).toBeDefined()
    for (const source of provenance) expect(subvenantBranches(rows, source).map(showBranch)).toContain(showBranch(of))
    const reached = [of, ...branchProvenance(rows, of)]
    expect(new Set(reached.map(one => showRepo(one.repo))).size, `${showBranch(of)} is built on ${reached.map(showBranch).join(', ')}`).toBe(reached.length)
  }
  expect([...tables.branchSubvenance.entries(rows)].length).toBe(branches.reduce((sum, { provenance }) => sum + provenance.length, 0))
  for (const [key] of tables.branches.entries(rows)) expect(key).toEqual(branchKey({ repo: { project: key[0] ?? '', name: key[1] ?? '', type: key[2] ?? '' }, name: key[3] ?? '' }))
}

function checkCommit(rows: ModelScene['rows'], record: CommitRecord, commits: readonly CommitRecord[]): void {
  const name_ = showCommit(record.commit)
  expect(sorted(childrenOf(rows, record).map(child => showCommit(child.commit)))).toEqual(sorted(commits.filter(({ commit, parent }) => showRepo(commit.repo) === showRepo(record.commit.repo) && parent === record.commit.id).map(({ commit }) => showCommit(commit))))
  expect(sorted(subvenantCommits(rows, record.commit).map(showCommit))).toEqual(sorted(commits.filter(({ provenance }) => provenance.some(source => showCommit(source) === name_)).map(({ commit }) => showCommit(commit))))
  expect(tables.commitOrder.get(rows, ...repoKey(record.commit.repo), orderKey(record.order))).toEqual(record.commit)
  expect(tables.commits.get(rows, ...commitKey(record.commit))).toEqual(record)
}

test('branches, commits and what they are built on stay consistent through any sequence of changes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(changeOfSteps, { minLength: 30, maxLength: 60 }), async changes => {
      const model = new ModelScene()
      await model.repos(...REPOS)
      for (const steps of changes) {
        await model.change(change => steps.forEach(one => apply(change, one))).catch((error: unknown) => {
          if (!(error instanceof ModelError)) throw error
        })
        check(model)
      }
    }),
    { numRuns: 60 },
  )
})
