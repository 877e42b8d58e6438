import { expect, test, vi } from 'vitest'

import { FilesModel, type FileEntry, type FilePage } from './files-model.js'

const entry = (path: string): FileEntry => ({ name: path.slice(path.lastIndexOf('/') + 1), path, kind: 'file', sizeBytes: 1, modified: '2026-01-01T00:00:00Z' })
const page = (entries: readonly FileEntry[], part: Partial<FilePage> = {}): FilePage => ({ entries, total: entries.length, next: null, isWritable: false, ...part })

/** A directory of that many files, whose names are numbers. */
function directoryOf(count: number) {
  const asked: number[] = []
  const names = Array.from({ length: count }, (_, index) => String(index).padStart(6, '0'))
  const files = new FilesModel((path, { search, after, limit }) => {
    asked.push(limit)
    const found = names.filter(name => name.includes(search))
    const rest = found.filter(name => after === undefined || name > after)
    const shown = rest.slice(0, limit)
    return Promise.resolve(page(shown.map(name => entry(`${path}/${name}`)), { total: found.length, next: rest.length > limit ? (shown.at(-1) ?? null) : null }))
  })
  return { files, asked }
}

test('a directory is loading and then listed', async () => {
  const { files } = directoryOf(2)

  const done = files.open('images')
  expect(files.state).toEqual({ status: 'loading', path: 'images', search: '' })
  await done

  expect(files.state).toMatchObject({ status: 'ready', path: 'images', total: 2 })
})

test('of a hundred thousand files the first ones come at once, and the others when somebody gets there', async () => {
  const { files, asked } = directoryOf(100_000)
  await files.open('images')
  expect(files.state).toMatchObject({ total: 100_000, entries: { length: 500 } })

  let requests = 0
  while (files.state.status === 'ready' && files.state.next !== null) {
    await files.loadMore()
    requests++
  }

  expect(files.state).toMatchObject({ status: 'ready', entries: { length: 100_000 } })
  expect(requests).toBe(20)
  expect(Math.max(...asked)).toBeLessThanOrEqual(10_000)
})

test('the first names of a directory that is still being listed are shown until all are there', async () => {
  const asked: (boolean | undefined)[] = []
  let whole = (_: FilePage): void => undefined
  const files = new FilesModel((_path, { partial }) => {
    asked.push(partial)
    return partial === true ? Promise.resolve(page([entry('images/b')], { total: undefined })) : new Promise(resolve => (whole = resolve))
  })

  const done = files.open('images')
  await vi.waitFor(() => expect(files.state).toMatchObject({ status: 'ready', entries: [{ name: 'b' }], total: undefined, isLoadingMore: true }))
  await files.loadMore()
  whole(page([entry('images/a'), entry('images/b')]))
  await done

  expect(files.state).toMatchObject({ entries: [{ name: 'a' }, { name: 'b' }], total: 2, isLoadingMore: false })
  expect(asked).toEqual([true, false])
})

test('only names that contain the search are listed, and all again in another directory', async () => {
  const { files } = directoryOf(1000)
  await files.open('images')

  await files.filter('99')
  expect(files.state).toMatchObject({ search: '99', total: 19 })
  await files.open('labels')

  expect(files.state).toMatchObject({ search: '', total: 1000 })
})

test('a refresh lists as much as was listed', async () => {
  const { files } = directoryOf(2000)
  await files.open('images')
  await files.loadMore()

  await files.refresh()

  expect(files.state).toMatchObject({ entries: { length: 2000 } })
})

test('the directory that was opened last is shown, whatever comes last', async () => {
  const answers = new Map<string, (page: FilePage) => void>()
  const files = new FilesModel(path => new Promise(resolve => answers.set(path, resolve)))
  const first = files.open('slow')
  const second = files.open('fast')
  answers.get('fast')?.(page([]))
  await second

  answers.get('slow')?.(page([entry('slow/1')]))
  await first

  expect(files.state).toMatchObject({ status: 'ready', path: 'fast' })
})

test('a refresh keeps what is shown until the new listing is there', async () => {
  const { files } = directoryOf(1)
  await files.open('images')
  const seen: string[] = []
  files.changed.connect(() => seen.push(files.state.status))

  await files.refresh()

  expect(seen).toEqual(['ready'])
})

test('a listing that failed says why', async () => {
  const files = new FilesModel(() => Promise.reject(new Error('the commit is gone')))

  await files.open('images')

  expect(files.state).toEqual({ status: 'failed', path: 'images', search: '', reason: 'the commit is gone' })
})
