/** A pachd that means harm, or is none: its names and sizes stay inside the mount and the cache, and use up no memory. */
import type { PachdClient } from '@jupyterlab-pachyderm/pachd-client'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

import { CommitTrees, DiskCache, FileReaders } from '../../src/index.js'
import { tarEntry } from '../memory-pfs.js'
import { mountedRepo } from '../mounted-repo.js'

const commit = { project: '..', repo: '../../etc', branch: '/', id: '../..' }

/** A client whose pfs part is what a test says. */
const client = (pfs: object) => ({ pfs }) as unknown as Pick<PachdClient, 'pfs'>

test('names that lead elsewhere are not shown', async () => {
  const repo = await mountedRepo({ '/good': '1', '/d/also good': '2' })
  const { pfs } = repo.pachd.client
  const listFile = pfs.listFile.bind(pfs)
  Object.assign(pfs, {
    async *listFile(...request: Parameters<typeof listFile>) {
      for (const path of ['/..', '/.', '/../etc/passwd', '//', '', '/a/../b', '/nul\0byte', `/${'x'.repeat(5000)}`, '/d/../../x']) yield { file: { path }, fileType: 'FILE', sizeBytes: 1 }
      yield* listFile(...request)
    },
  })

  expect(await repo.shell('ls -A repo; ls -A repo/d')).toBe('d\ngood\nalso good\n')
})

test('a listing without end is an error, and is not kept', async () => {
  let sent = 0
  const trees = new CommitTrees(
    client({
      async *listFile() {
        for (;;) {
          yield { file: { path: `/file-${String(sent++)}` }, fileType: 'FILE', sizeBytes: 1 }
          if (sent % 1000 === 0) await new Promise(setImmediate)
        }
      },
    }),
    { maxListingBytes: 1_000_000 },
  )

  await expect(trees.of(commit, 0).list('/')).rejects.toMatchObject({ code: 'RESOURCE_EXHAUSTED' })

  expect(sent).toBeLessThan(50_000)
  expect(trees.rememberedNames).toBe(0)
})

test('whatever the names of repo, commit and file are, contents stay in the cache directory', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hostile-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const cache = await DiskCache.open({ directory: join(folder, 'cache'), maxBytes: 1e8, keepFree: 0 })
  const content = Buffer.alloc(1_500_000, 'x')
  const hostile = client({
    async *getFile() {
      yield await Promise.resolve({ value: content })
    },
  })
  const readers = new FileReaders(hostile, { disk: { cache, cluster: '../../..' } })
  for (const [path, bytes] of [['/../../../../tmp/large', content], ['/../small', content.subarray(0, 9)]] as const) {
    const reader = readers.open({ tree: new CommitTrees(hostile).of(commit, 0), directory: '/..', path, sizeBytes: bytes.byteLength })
    if (bytes !== content) await expect(reader.read(0, 10)).rejects.toMatchObject({ code: 'DATA_LOSS' })
    else expect((await reader.read(0, 10)).byteLength).toBe(10)
    reader.close()
  }
  await cache.close()

  expect(await readdir(folder)).toEqual(['cache'])
  expect((await readdir(join(folder, 'cache'))).sort()).toEqual(['blocks', 'format', 'packs', 'scratch'])
})

test('an archive of one endless file, or of a file with another length, does not fill the memory', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `/f${String(index).padStart(2, '0')}`)
  let archived = 0
  const hostile = client({
    async *listFile() {
      yield* names.map(path => ({ file: { path }, fileType: 'FILE', sizeBytes: 5 }))
      await Promise.resolve()
    },
    async *getFile() {
      yield await Promise.resolve({ value: Buffer.from('right') })
    },
    async *getFileTAR() {
      const header = Buffer.from(tarEntry('/f06', new Uint8Array(0)))
      header.write((2 ** 32).toString(8).padStart(11, '0'), 124)
      yield { value: Buffer.concat([tarEntry('/f05', Buffer.from('wrong length')), header]) }
      for (let piece = 0; piece < 2 ** 12; piece++) {
        archived += 2 ** 20
        yield { value: Buffer.alloc(2 ** 20) }
        await new Promise(setImmediate)
      }
    },
  })
  const tree = new CommitTrees(hostile).of(commit, 0)
  const readers = new FileReaders(hostile)
  const before = process.memoryUsage().arrayBuffers
  await tree.list('/')

  for (const path of names) {
    const reader = readers.open({ tree, directory: '/', path, sizeBytes: 5 })
    expect(Buffer.from(await reader.read(0, 10)).toString()).toBe('right')
  }

  expect(archived).toBeLessThan(2 ** 25)
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * 2 ** 20)
})
