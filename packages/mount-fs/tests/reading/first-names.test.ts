/** The first names of a large directory are shown while pachd still sends the others. */
import type { PachdClient } from '@jupyterlab-pachyderm/pachd-client'
import { expect, test } from 'vitest'

import { CommitTrees, FileReaders, PathSelection, ReadOnlyVolume } from '../../src/index.js'

const commit = { project: 'default', repo: 'images', branch: 'master', id: 'c0ffee' }

/** A directory of which three names are sent at once, and the rest, or a failure, when that is let go. */
function slowDirectory(rest: readonly string[] | Error, paths: readonly string[] = ['/']) {
  let letGo = (): void => undefined
  const gate = new Promise<void>(resolve => (letGo = resolve))
  const info = (name: string) => ({ file: { path: `/${name}` }, fileType: 'FILE', sizeBytes: 1 })
  const pfs = {
    async *listFile() {
      for (const name of ['b', 'c', 'd']) yield info(name)
      await gate
      if (rest instanceof Error) throw rest
      for (const name of rest) yield info(name)
    },
  }
  const client = { pfs } as unknown as PachdClient
  const volume = new ReadOnlyVolume('m', new CommitTrees(client).of(commit, 0), new PathSelection(paths), new FileReaders(client))
  const page = async (partial: boolean, part: object = {}) => {
    const { entries, total, isLast } = await volume.page('/', { search: '', after: undefined, limit: 2, partial, ...part })
    return { names: entries.map(({ name }) => name).join(' '), total, isLast }
  }
  return { page, letGo: () => letGo() }
}

test('they come at once to who wants them, and the page is whole when all names are there', async () => {
  const { page, letGo } = slowDirectory(['e', 'a'])

  expect(await page(true)).toEqual({ names: 'b c', total: undefined, isLast: false })

  const whole = page(false)
  letGo()
  expect(await whole).toEqual({ names: 'a b', total: 5, isLast: false })
  expect(await page(true)).toEqual({ names: 'a b', total: 5, isLast: false })
})

test('who wants more names than have come, or others, waits for all', async () => {
  const { page, letGo } = slowDirectory(['e'])
  const pages = [page(true, { limit: 5 }), page(true, { search: 'e' }), page(true, { after: 'd' })]

  letGo()

  expect(await Promise.all(pages)).toEqual([
    { names: 'b c d e', total: 4, isLast: true },
    { names: 'e', total: 1, isLast: true },
    { names: 'e', total: 4, isLast: true },
  ])
})

test('a listing that fails is a failure for who waits for it', async () => {
  const { page, letGo } = slowDirectory(new Error('the line is broken'))
  const waiting = page(true, { limit: 4 })
  expect(await page(true)).toMatchObject({ names: 'b c' })

  letGo()

  await expect(waiting).rejects.toThrow('the line is broken')
})

test('of a selection of paths no first names are guessed', async () => {
  const { page, letGo } = slowDirectory(['e'], ['/e'])
  const waiting = page(true)

  letGo()

  expect(await waiting).toEqual({ names: 'e', total: 1, isLast: true })
})
