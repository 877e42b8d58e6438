import type { CommitEntry } from '@jupyterlab-pachyderm/mount-api'
import { beforeEach, expect, test } from 'vitest'

import { commitEntry } from '../../tests/scripted-mount-server.js'
import { HistoryModel } from './history-model.js'

const ref = { project: 'default', repo: 'images', branch: 'master' }
const KEY = 'default/images@master'

let commits: CommitEntry[]
let asked: string[]
let refusal: Error | undefined
let history: HistoryModel
beforeEach(() => {
  commits = Array.from({ length: 60 }, (_, index) => commitEntry({ id: `c${String(index)}` }))
  asked = []
  refusal = undefined
  history = new HistoryModel({
    listCommits: ({ after, limit = 0 }) => {
      asked.push(after ?? '')
      if (refusal) return Promise.reject(refusal)
      const from = after === undefined ? 0 : commits.findIndex(({ id }) => id === after) + 1
      const page = commits.slice(from, from + limit)
      return Promise.resolve({ commits: page, next: from + limit < commits.length ? (page.at(-1)?.id ?? null) : null })
    },
    listBranches: () => (refusal ? Promise.reject(refusal) : Promise.resolve({ branches: [{ branch: 'master', head: commits[0] ?? null }, { branch: 'empty', head: null }], next: null })),
  })
})
const listed = () => history.state.histories.get(KEY)?.commits.map(({ id }) => id) ?? []

test('the newest commits are listed once, and more when asked', async () => {
  await history.open(ref)
  await history.open(ref)
  expect([asked.length, listed().length]).toEqual([1, 25])

  await history.loadMore(ref)
  await history.loadMore(ref)

  expect(listed()).toEqual(commits.map(({ id }) => id))
  expect(history.state.histories.get(KEY)?.next).toBeNull()
})

test('a page that failed says why, keeps what is listed, and can be tried again', async () => {
  await history.open(ref)
  refusal = new Error('pachd is away')
  await history.loadMore(ref)
  expect(history.state.histories.get(KEY)).toMatchObject({ problem: 'pachd is away', isLoading: false, next: 'c24' })

  refusal = undefined
  await history.loadMore(ref)

  expect(listed().length).toBe(50)
  expect(history.state.histories.get(KEY)?.problem).toBeUndefined()
})

test('a first page that failed is asked for again when the branch is opened again', async () => {
  refusal = new Error('away')
  await history.open(ref)
  refusal = undefined

  await history.open(ref)

  expect(listed().length).toBe(25)
})

test('after a new head, as many commits as before are listed anew', async () => {
  await history.open(ref)
  await history.loadMore(ref)
  commits.unshift(commitEntry({ id: 'new' }))

  await history.reload(ref)

  expect(listed().slice(0, 2)).toEqual(['new', 'c0'])
  expect(listed().length).toBe(50)
  expect(history.state.heads.get(KEY)?.id).toBe('new')
})

test('a branch that nobody has opened is not asked for', async () => {
  await history.reload(ref)

  expect(asked).toEqual([])
})

test('an opened repo knows the heads of its branches; one that cannot be asked has none', async () => {
  refusal = new Error('away')
  await history.openRepo(ref)
  expect(history.state.heads.size).toBe(0)
  refusal = undefined

  await history.openRepo(ref)

  expect([...history.state.heads].map(([key, { id }]) => [key, id])).toEqual([[KEY, 'c0']])
})
