import { expect, test } from 'vitest'

import { ChangesModel, type ChangedFile } from './changes-model.js'

const changed = (path: string): ChangedFile => ({ path, change: 'added', sizeBytes: 1 })
const LAST = { next: null, conflicts: [] }

test('changes are listed page by page', async () => {
  const model = new ChangesModel({ list: after => Promise.resolve(after === undefined ? { changes: [changed('/a')], next: '/a', conflicts: ['/a'] } : { ...LAST, changes: [changed('/b')] }) })
  await model.open()
  expect(model.state).toMatchObject({ next: '/a', conflicts: ['/a'] })

  await model.loadMore()
  await model.loadMore()

  expect(model.state.changes.map(({ path }) => path)).toEqual(['/a', '/b'])
})

test('what is thrown away is listed no more', async () => {
  let left = ['/a', '/b']
  const model = new ChangesModel({
    list: () => Promise.resolve({ ...LAST, changes: left.map(changed) }),
    discard: path => {
      left = path === undefined ? [] : left.filter(name => name !== path)
      return Promise.resolve()
    },
  })
  await model.open()

  await model.discard('/a')
  expect(model.state.changes.map(({ path }) => path)).toEqual(['/b'])
  await model.discard()
  expect(model.state.changes).toEqual([])
})

test('a refusal says why, and leaves the list', async () => {
  const model = new ChangesModel({ list: () => Promise.resolve({ ...LAST, changes: [changed('/a')] }), discard: () => Promise.reject(new Error('a commit is running')) })
  await model.open()

  await model.discard()

  expect(model.state).toMatchObject({ problem: 'a commit is running', changes: [changed('/a')] })
})

test('a list that cannot be had says why', async () => {
  const model = new ChangesModel({ list: () => Promise.reject(new Error('pachd is away')) })

  await model.open()

  expect(model.state).toMatchObject({ isLoading: false, problem: 'pachd is away' })
})
