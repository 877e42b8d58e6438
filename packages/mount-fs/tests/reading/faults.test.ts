/** What programs meet when pachd, the disk or the process fails, on real mounts. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

import { type CacheFiles, localFiles } from '../../src/cache/cache-files.js'
import { mountedRepo } from '../mounted-repo.js'
import { startFaultProxy } from './fault-proxy.js'
import { mountedPachd } from './mounted-pachd.js'

const run = promisify(execFile)
const MIB = 1024 * 1024

test('a read in the middle of a file goes on when pachd was restarted, without opening it again', { timeout: 60_000 }, async () => {
  const content = randomBytes(30 * MIB)
  const { repos, stopPachd, startPachd } = await mountedPachd({ files: new Map([['/big', content]]), cacheBytes: 0 })
  const file = await open(join(repos[0]!, 'big'))
  const read = async (offset: number) => (await file.read(Buffer.alloc(65_536), 0, 65_536, offset)).buffer.equals(content.subarray(offset, offset + 65_536))
  expect(await read(0)).toBe(true)

  await stopPachd()
  await startPachd()

  for (const offset of [65_536, 20 * MIB, 29 * MIB]) expect(await read(offset)).toBe(true)
  await file.close()
})

test('while pachd is away, what is not known is EIO and never ENOENT or empty; when it is back, all is there without mounting again', { timeout: 60_000 }, async () => {
  const { repos, stopPachd, startPachd } = await mountedPachd({ files: new Map([['/d/a', Buffer.from('one')], ['/e/b', Buffer.from('two')]]), cacheBytes: 0 })
  const repo = repos[0]!
  expect(await readFile(join(repo, 'd/a'), 'utf8')).toBe('one')
  await stopPachd()

  await expect(readdir(join(repo, 'e'))).rejects.toMatchObject({ code: 'EIO' })
  await expect(readFile(join(repo, 'e/b'))).rejects.toMatchObject({ code: 'EIO' })
  await expect(readFile(join(repo, 'e/never'))).rejects.toMatchObject({ code: 'EIO' })
  expect(await readFile(join(repo, 'd/a'), 'utf8')).toBe('one')

  await startPachd()
  await expect.poll(() => readdir(join(repo, 'e')).catch(() => []), { timeout: 20_000 }).toEqual(['b'])
  expect(await readFile(join(repo, 'e/b'), 'utf8')).toBe('two')
})

test('a connection that went silent does not stop a reader for longer than 30 s', { timeout: 90_000 }, async () => {
  let proxy: Awaited<ReturnType<typeof startFaultProxy>> | undefined
  const content = randomBytes(3 * MIB)
  const { repos } = await mountedPachd({
    files: new Map([['/big', content]]), cacheBytes: 0,
    through: async address => {
      proxy = await startFaultProxy(address)
      onTestFinished(() => proxy?.stop())
      return proxy.address
    },
  })
  await readdir(repos[0]!)
  proxy!.forget()

  expect((await readFile(join(repos[0]!, 'big'))).equals(content)).toBe(true)
})

test.each([
  ['fewer', 20_000, (piece: Uint8Array) => piece.subarray(1)],
  ['more', 20_000, (piece: Uint8Array) => Buffer.concat([piece, Buffer.from('x')])],
  ['fewer', 2 * MIB, (piece: Uint8Array) => piece.subarray(1)],
  ['more', 2 * MIB, (piece: Uint8Array) => Buffer.concat([piece, Buffer.from('x')])],
])('%s bytes than the listing said, for a file of %d, are EIO and a line for the log', async (_kind, size, change) => {
  const repo = await mountedRepo({ '/f': Buffer.alloc(size, 1) })
  const { pfs } = repo.pachd.client
  const getFile = pfs.getFile.bind(pfs)
  Object.assign(pfs, {
    async *getFile(...request: Parameters<typeof getFile>) {
      for await (const { value } of getFile(...request)) yield { value: change(value) }
    },
  })

  expect(await repo.shell('md5sum repo/f 2>&1 || true')).toContain('Input/output error')

  expect(repo.failures).toContainEqual(expect.objectContaining({ code: 'EIO', message: expect.stringContaining(`pachd lists ${String(size)} bytes`) as string }))
})

test('a file and a directory that do not come keep nobody from the others', async () => {
  const repo = await mountedRepo({ '/slow/file': 'x', '/stuck': Buffer.alloc(MIB), '/d/quick': 'here', '/quick': 'too' }, { deadlineMs: 2000 })
  repo.pachd.before = (method, path) => (path.startsWith('/slow') || (method === 'getFile' && path === '/stuck') ? new Promise<void>(() => undefined) : undefined)
  await repo.shell('ls repo')

  const slow = Promise.all([repo.shell('ls repo/slow'), repo.shell('cat repo/stuck'), repo.shell('cat repo/slow/file')])
  expect(await repo.shell('for i in 1 2 3 4 5; do cat repo/d/quick repo/quick; done; ls repo/d')).toBe(`${'heretoo'.repeat(5)}quick\n`)

  for (const text of await slow) expect(text).toContain('failed')
})

test('kill -9 with a hot cache, over and over: the next process has the right bytes', { timeout: 120_000 }, async () => {
  const files = new Map<string, Uint8Array>([['/big', randomBytes(12 * MIB + 99)]])
  for (let index = 0; index < 200; index++) files.set(`/small/${String(index).padStart(3, '0')}`, randomBytes(3000 + index))
  const { plain, address, commitId } = await mountedPachd({ files, cacheBytes: 0, mounts: 0 })
  const folder = await mkdtemp(join(tmpdir(), 'kill-rounds-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const [mountDir, cacheDirectory] = [join(folder, 'mount'), join(folder, 'cache')]
  await mkdir(mountDir)
  onTestFinished(() => run('fusermount3', ['-uz', mountDir]).then(() => undefined, () => undefined))
  const serve = async (): Promise<ChildProcess> => {
    const child = spawn(process.execPath, ['--import', 'tsx', '-C', '@jupyterlab-pachyderm/source', join(import.meta.dirname, 'serving-process.ts'), mountDir, address, commitId, cacheDirectory], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    await once(child.stdout, 'data')
    return child
  }

  for (let round = 0; round < 6; round++) {
    const server = await serve()
    const reading = run('bash', ['-c', 'while cat "$0"/repo/big "$0"/repo/small/*; do :; done | head -c 80M | wc -c', mountDir]).catch(() => undefined)
    await new Promise(resolve => setTimeout(resolve, 150 + round * 130))
    server.kill('SIGKILL')
    await once(server, 'exit')
    await reading
  }

  await serve()
  expect((await run('diff', ['-r', join(mountDir, 'repo'), plain])).stdout).toBe('')
  expect((await localFiles.list(cacheDirectory)).length).toBeGreaterThan(3)
})

test('when the disk under the cache is full or broken, reads go on', async () => {
  let isFull = false
  const cacheDisk: CacheFiles = {
    ...localFiles,
    write: (...parameters) => (isFull ? Promise.reject(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })) : localFiles.write(...parameters)),
    read: (...parameters) => (isFull ? Promise.reject(Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })) : localFiles.read(...parameters)),
    open: path => (isFull ? Promise.reject(Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })) : localFiles.open(path)),
  }
  const files = new Map<string, Uint8Array>([['/first', randomBytes(3 * MIB)], ['/second', randomBytes(3 * MIB)], ['/small', randomBytes(1000)]])
  const { repos, plain } = await mountedPachd({ files, cacheBytes: 64 * MIB, cacheDisk })
  await run('cmp', [join(repos[0]!, 'first'), join(plain, 'first')])
  isFull = true

  expect((await run('diff', ['-r', repos[0]!, plain])).stdout).toBe('')
})
