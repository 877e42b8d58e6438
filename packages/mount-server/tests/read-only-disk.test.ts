/** Disks that cannot be written: reading needs none, and whoever wants to write gets the reason. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'

import { testPachd, type TestPachd } from './running-server.js'
import { isMounted, send, startProcess, type ServerProcess } from './server-process.js'

const run = promisify(execFile)

let pachd: TestPachd
beforeAll(async () => {
  pachd = await testPachd()
  await pachd.repo('cats', { '/a': 'meow' })
})
afterAll(() => pachd.stop())

/** A disk of its own, read-only or so small that nothing fits on it. */
async function disk(options: string): Promise<string> {
  const path = await mkdtemp(join(pachd.folder, 'disk-'))
  await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path])
  onTestFinished(async () => {
    await run('umount', ['-l', path])
  })
  return path
}

async function started(args: string[]): Promise<ServerProcess> {
  const server = await startProcess(args, { config: pachd.config })
  await vi.waitFor(async () => expect(await isMounted(server.mountDir), server.log()).toBe(true), { timeout: 20_000 })
  return server
}

const mount = ({ socket }: ServerProcess, mode: 'ro' | 'rw') => send({ socketPath: socket }, 'PUT', '/_mount', { mounts: [{ name: mode, repo: 'cats', mode }] })

test('on a read-only stage disk the server starts, read-only mounts work, and writable ones are refused with the reason', async () => {
  const stage = join(await disk('ro'), 'stage')
  const server = await started(['--stage-dir', stage])

  const [read, write] = [await mount(server, 'ro'), await mount(server, 'rw')]

  expect(read.status).toBe(200)
  expect(await readFile(join(server.mountDir, 'ro/a'), 'utf8')).toBe('meow')
  expect(write.status).toBe(500)
  for (const text of [write.text, server.log()]) expect(text).toMatch(new RegExp(`changes cannot be kept in ${stage}: EROFS: read-only file system, .*; choose another --stage-dir`))
  server.child.kill('SIGTERM')
  expect(await server.exit).toBe(0)
})

test('on a stage disk that has become read-only what an earlier server left stays there, and is found when it can be written', async () => {
  const stage = await disk('size=8m')
  const first = await started(['--stage-dir', stage, '--no-commit-on-exit'])
  await mount(first, 'rw')
  await run('sh', ['-c', `printf kept > ${join(first.mountDir, 'rw/new')}`])
  first.child.kill('SIGTERM')
  await first.exit
  await run('mount', ['-o', 'remount,ro', stage])
  const second = await startProcess(['--stage-dir', stage], { config: pachd.config, folder: first.folder })
  await vi.waitFor(() => expect(second.log()).toContain('mounts are read-only: changes cannot be kept'), { timeout: 20_000 })
  second.child.kill('SIGTERM')
  await second.exit
  await run('mount', ['-o', 'remount,rw', stage])

  const third = await startProcess(['--stage-dir', stage], { config: pachd.config, folder: first.folder })

  await vi.waitFor(async () => expect(await readFile(join(third.mountDir, 'rw/new'), 'utf8')).toBe('kept'), { timeout: 20_000 })
})

test.each([['read-only', 'ro'], ['full', 'size=4k']])('on a %s cache disk files are read without a cache, and the log says why', async (_what, options) => {
  const cache = join(await disk(options), 'cache')
  const server = await started(['--cache-dir', cache])

  expect((await mount(server, 'ro')).status).toBe(200)

  expect(await readFile(join(server.mountDir, 'ro/a'), 'utf8')).toBe('meow')
  expect(server.log()).toMatch(/reading goes on without a cache on disk: |nothing is kept in the cache /)
})

test('a socket or a token file that cannot be made ends the start with what to do', async () => {
  const place = await disk('ro')
  for (const [args, advice] of [
    [['--sock-path', join(place, 'sock')], `cannot listen on ${join(place, 'sock')}`],
    [['--sock-path', join(place, 'own/sock')], `no socket can be made in ${join(place, 'own')}`],
    [['--token-file', join(place, 'token')], `--token-file ${join(place, 'token')} cannot be made`],
    [['--token-file', join(place, 'own/token')], `--token-file ${join(place, 'own/token')} cannot be made`],
  ] as const) {
    const server = await startProcess(['--no-fuse', ...args], { config: pachd.config })

    expect([await server.exit, server.log()]).toEqual([1, expect.stringContaining(advice)])
    expect(server.log()).not.toContain('    at ')
  }
})

test.each([['read-only', 'ro', 'EROFS'], ['full', 'size=4k', 'ENOSPC']])('on a %s disk for the log the server runs, and says that its log is not kept', async (_what, options, code) => {
  const log = join(await disk(options), 'mount-server.log')
  if (code === 'ENOSPC') await writeFile(log, Buffer.alloc(4090, '\n'))

  const server = await started(['--log-file', log])

  expect((await mount(server, 'ro')).status).toBe(200)
  expect(await readFile(join(server.mountDir, 'ro/a'), 'utf8')).toBe('meow')
  expect(server.log()).toMatch(new RegExp(`the log is not kept in ${log}: .*${code}`))
})

test('a config directory that cannot be written is named by the answer, with the reason', async () => {
  const place = await disk('ro')
  const server = await startProcess(['--no-fuse'], { config: join(place, 'config.json') })
  await vi.waitFor(() => expect(server.log()).toContain('listening'), { timeout: 20_000 })

  const { status, text } = await send({ socketPath: server.socket }, 'PUT', '/config', { pachd_address: pachd.client.address })

  expect([status, text]).toEqual([expect.any(Number), expect.stringContaining(place)])
  expect(text).toContain('EROFS')
})
