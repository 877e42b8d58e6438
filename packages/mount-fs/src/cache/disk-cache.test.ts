import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

import { type CacheFiles, localFiles } from './cache-files.js'
import { BLOCK_BUFFER_BYTES, BLOCK_BYTES, BLOCK_START, DiskCache, type DiskCacheOptions } from './disk-cache.js'

const MIB = 1024 * 1024

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'disk-cache-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

async function opened(directory: string, options: Partial<DiskCacheOptions> = {}): Promise<DiskCache> {
  const cache = await DiskCache.open({ directory, maxBytes: 64 * MIB, keepFree: 0, ...options })
  onTestFinished(() => cache.close())
  return cache
}

async function filesBelow(directory: string, part: 'blocks' | 'packs'): Promise<string[]> {
  return (await localFiles.list(join(directory, part))).map(({ path }) => path)
}

const room = () => Buffer.alloc(BLOCK_BUFFER_BYTES)
async function put(cache: DiskCache, content: string, index: number, bytes: Uint8Array): Promise<void> {
  const buffer = room()
  buffer.set(bytes, BLOCK_START)
  await cache.putBlock(content, index, buffer, bytes.byteLength)
}

test('blocks and small contents are there in the next process', async () => {
  const directory = await folder()
  const [block, small] = [randomBytes(BLOCK_BYTES), randomBytes(100)]
  const first = await opened(directory)
  await put(first, 'large', 3, block)
  first.putSmall('small', small)
  await first.close()

  const second = await opened(directory)

  expect(block.equals((await second.block('large', 3, BLOCK_BYTES, room()))!)).toBe(true)
  expect(small.equals((await second.small('small'))!)).toBe(true)
  expect(await second.block('large', 2, BLOCK_BYTES, room())).toBeUndefined()
  expect(await second.small('other')).toBeUndefined()
})

test('two processes share one directory', async () => {
  const directory = await folder()
  const [one, other] = [await opened(directory), await opened(directory)]

  await put(one, 'large', 0, Buffer.from('block'))

  expect(Buffer.from((await other.block('large', 0, 5, room()))!).toString()).toBe('block')
})

test('thousands of small contents take a few files, and can be read before they are written', async () => {
  const directory = await folder()
  const cache = await opened(directory)

  for (let index = 0; index < 5000; index++) cache.putSmall(`file ${String(index)}`, Buffer.from(`content ${String(index)}`))

  expect(Buffer.from((await cache.small('file 4999'))!).toString()).toBe('content 4999')
  await cache.flush()
  expect((await filesBelow(directory, 'packs')).length).toBeLessThan(5)
  for (let index = 0; index < 5000; index += 7) expect(Buffer.from((await cache.small(`file ${String(index)}`))!).toString()).toBe(`content ${String(index)}`)
})

const damages: Record<string, (path: string) => Promise<void>> = {
  'a flipped bit': async path => {
    const bytes = await readFile(path)
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 5) ^ 1, bytes.length - 5)
    await writeFile(path, bytes)
  },
  'a lost end': async path => truncate(path, (await stat(path)).size - 7),
  'more bytes than there should be': async path => writeFile(path, 'more', { flag: 'a' }),
  'an empty file': path => truncate(path, 0),
  'foreign bytes': path => writeFile(path, randomBytes(100_000)),
}

test.each(Object.keys(damages))('%s in a block is noticed, and the block can be kept anew', async damage => {
  const directory = await folder()
  const cache = await opened(directory)
  await put(cache, 'large', 0, Buffer.alloc(50_000, 1))
  const [path] = await filesBelow(directory, 'blocks')

  await damages[damage]!(path!)

  expect(await cache.block('large', 0, 50_000, room())).toBeUndefined()
  await put(cache, 'large', 0, Buffer.alloc(50_000, 1))
  expect((await cache.block('large', 0, 50_000, room()))?.byteLength).toBe(50_000)
})

test('the block of another content in the place of one is noticed', async () => {
  const directory = await folder()
  const cache = await opened(directory)
  await put(cache, 'large', 0, Buffer.from('right'))
  const [path] = await filesBelow(directory, 'blocks')
  await put(cache, 'large', 1, Buffer.from('wrong'))
  const other = (await filesBelow(directory, 'blocks')).find(one => one !== path)!

  await writeFile(path!, await readFile(other))

  expect(await cache.block('large', 0, 5, room())).toBeUndefined()
})

test.each(Object.keys(damages))('%s in a pack is noticed in the next process', async damage => {
  const directory = await folder()
  const first = await opened(directory)
  first.putSmall('small', Buffer.alloc(1000, 1))
  await first.close()
  const [path] = await filesBelow(directory, 'packs')

  await damages[damage]!(path!)

  expect(await (await opened(directory)).small('small')).toBeUndefined()
})

test('the limit is kept, and what was used longest ago goes first', async () => {
  const directory = await folder()
  const cache = await opened(directory, { maxBytes: 8 * MIB })
  for (let index = 0; index < 6; index++) await put(cache, 'large', index, Buffer.alloc(MIB, index))
  for (const path of await filesBelow(directory, 'blocks')) await utimes(path, 1, 1)
  expect(await cache.block('large', 0, MIB, room())).toBeDefined()
  await expect.poll(async () => (await localFiles.list(join(directory, 'blocks'))).filter(({ usedMs }) => usedMs > 1000).length).toBe(1)

  for (let index = 6; index < 12; index++) await put(cache, 'large', index, Buffer.alloc(MIB, index))
  await cache.flush()

  expect(cache.sizeBytes).toBeLessThanOrEqual(8 * MIB)
  const sizes = (await localFiles.list(join(directory, 'blocks'))).map(({ sizeBytes }) => sizeBytes)
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(8 * MIB)
  expect(await cache.block('large', 0, MIB, room())).toBeDefined()
  expect(await cache.block('large', 1, MIB, room())).toBeUndefined()
})

test('a part of the disk stays free, whatever the limit says', async () => {
  const directory = await folder()
  const files: CacheFiles = { ...localFiles, disk: () => Promise.resolve({ freeBytes: 4 * MIB, sizeBytes: 100 * MIB }) }
  const problems: string[] = []
  const cache = await opened(directory, { files, keepFree: 0.05, onProblem: sentence => problems.push(sentence) })

  for (let index = 0; index < 20; index++) await put(cache, 'large', index, Buffer.alloc(MIB))
  await cache.flush()

  expect(cache.sizeBytes).toBeLessThan(20 * MIB)
  expect(problems).toEqual([expect.stringContaining('less than 5 % of the disk is free')])
})

test('a full disk is reported once, and nothing is lost but the cache', async () => {
  const directory = await folder()
  const files: CacheFiles = { ...localFiles, write: () => Promise.reject(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })) }
  const problems: string[] = []
  const cache = await opened(directory, { files, onProblem: sentence => problems.push(sentence) })

  for (let index = 0; index < 10; index++) {
    await put(cache, 'large', index, Buffer.alloc(1000))
    cache.putSmall(`small ${String(index)}`, Buffer.alloc(10))
  }
  await cache.flush()

  expect(await cache.block('large', 0, 1000, room())).toBeUndefined()
  expect(problems).toEqual([expect.stringContaining('no space left on device')])
})

test('a directory with other files is refused and left as it is', async () => {
  const directory = await folder()
  await writeFile(join(directory, 'thesis.txt'), 'years of work')

  await expect(DiskCache.open({ directory, maxBytes: MIB })).rejects.toMatchObject({ code: 'EEXIST', message: expect.stringContaining('--cache-dir') as string })

  expect(await readdir(directory)).toEqual(['thesis.txt'])
})

test('a cache of a later version is refused and left as it is; one of an earlier version is emptied', async () => {
  const directory = await folder()
  await mkdir(join(directory, 'blocks'))
  await writeFile(join(directory, 'blocks', 'x'), 'old')
  await writeFile(join(directory, 'format'), 'jupyterlab-pachyderm cache, format 2\n')
  await expect(DiskCache.open({ directory, maxBytes: MIB })).rejects.toMatchObject({ code: 'ENOTSUP', message: expect.stringContaining('later version') as string })
  expect(await readdir(join(directory, 'blocks'))).toEqual(['x'])

  await writeFile(join(directory, 'format'), 'jupyterlab-pachyderm cache, format 0\n')
  await opened(directory)

  expect(await readdir(join(directory, 'blocks'))).toEqual([])
})

test('only the user can look into the directory', async () => {
  const directory = join(await folder(), 'new', 'cache')
  const cache = await opened(directory)
  await put(cache, 'large', 0, Buffer.from('x'))

  expect((await stat(directory)).mode & 0o777).toBe(0o700)
  for (const path of await filesBelow(directory, 'blocks')) expect((await stat(path)).mode & 0o777).toBe(0o600)
})
