import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'

import { defaultCacheDirectory, openReadCache } from './read-cache.js'

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'read-cache-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

const silent = pino({ level: 'silent' })

test('the cache is where caches of the user are, also without HOME', () => {
  expect(defaultCacheDirectory({ XDG_CACHE_HOME: '/caches', HOME: '/home/u' })).toBe('/caches/jupyterlab-pachyderm')
  expect(defaultCacheDirectory({ HOME: '/home/u' })).toBe('/home/u/.cache/jupyterlab-pachyderm')
  expect(defaultCacheDirectory({})).toMatch(/^\/.*jupyterlab-pachyderm/)
})

test('a size of 0 turns it off, and nothing is made', async () => {
  const root = await folder()

  expect(await openReadCache({ cacheDir: join(root, 'cache'), cacheSize: 0, mountDir: '/pfs' }, {}, silent)).toBeUndefined()

  expect(await readdir(root)).toEqual([])
})

test('a directory that cannot be used is said, and reading goes on without', async () => {
  const root = await folder()
  await writeFile(join(root, 'other'), '')
  const lines: string[] = []
  const logger = pino({}, { write: line => void lines.push(line) })

  expect(await openReadCache({ cacheDir: root, cacheSize: 1000, mountDir: '/pfs' }, {}, logger)).toBeUndefined()

  expect(lines.join('')).toContain('reading goes on without a cache on disk')
})

test('a directory inside the mount is not used', async () => {
  const root = await folder()

  expect(await openReadCache({ cacheDir: join(root, 'cache'), cacheSize: 1000, mountDir: root }, {}, silent)).toBeUndefined()

  expect(await readdir(root)).toEqual([])
})
