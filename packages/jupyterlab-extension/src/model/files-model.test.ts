import { expect, test } from 'vitest'

import { FilesModel, type FileEntry, type FilePage } from './files-model.js'

const entry = (path: string): FileEntry => ({ name: path, path, kind: 'file', sizeBytes: 1, modified: '2026-01-01T00:00:00Z' })
const pageOf = (count: number) => (path: string, offset: number, number: number) =>
  Promise.resolve<FilePage>({ total: count, entries: Array.from({ length: Math.min(number, count - offset) }, (_, index) => entry(`${path}/${offset + index}`)) })

test('a directory is loading and then listed', async () => {
  const files = new FilesModel(pageOf(2))

  const done = files.open('images')
  expect(files.state).toEqual({ status: 'loading', path: 'images' })
  await done

  expect(files.state).toMatchObject({ status: 'ready', path: 'images', total: 2 })
})

test('a large directory is listed page by page', async () => {
  const files = new FilesModel(pageOf(1200))
  await files.open('images')
  expect(files.state).toMatchObject({ total: 1200, entries: { length: 500 } })

  await files.loadMore()
  await files.loadMore()
  await files.loadMore()

  expect(files.state).toMatchObject({ status: 'ready', total: 1200, entries: { length: 1200 } })
})

test('the directory that was opened last is shown, whatever comes last', async () => {
  const answers = new Map<string, (page: FilePage) => void>()
  const files = new FilesModel(path => new Promise(resolve => answers.set(path, resolve)))
  const first = files.open('slow')
  const second = files.open('fast')
  answers.get('fast')?.({ total: 0, entries: [] })
  await second

  answers.get('slow')?.({ total: 1, entries: [entry('slow/1')] })
  await first

  expect(files.state).toMatchObject({ status: 'ready', path: 'fast' })
})

test('a directory that cannot be listed says why, and stays chosen', async () => {
  const files = new FilesModel(() => Promise.reject(new Error('images/x: no such directory')))

  await files.open('images/x')

  expect(files.state).toEqual({ status: 'failed', path: 'images/x', reason: 'images/x: no such directory' })
})

test('a refresh does not empty the list while it waits', async () => {
  const files = new FilesModel(pageOf(3))
  await files.open('images')

  const refreshed = files.refresh()
  expect(files.state.status).toBe('ready')
  await refreshed

  expect(files.state.status).toBe('ready')
})
