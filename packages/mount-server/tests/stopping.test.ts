import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { startRoad } from './held-road.js'
import { testPachd, type TestPachd } from './running-server.js'
import { isMounted, send, startProcess, untilAnswers } from './server-process.js'

let pachd: TestPachd

beforeAll(async () => {
  pachd = await testPachd()
})
afterAll(() => pachd.stop())

/** A config file that leads to an address. */
async function configFor(address: string): Promise<string> {
  const config = join(await mkdtemp(join(pachd.folder, 'road-')), 'config.json')
  await writeFile(config, JSON.stringify({ v2: { active_context: 'a', contexts: { a: { pachd_address: address } } } }))
  return config
}

test('programs that wait for bytes of pachd get an error when the server is told to stop, and it ends', async () => {
  await pachd.repo('awaited', Object.fromEntries(Array.from({ length: 4 }, (_, i) => [`/f${String(i)}`, 'x'.repeat(700_000)])))
  const road = await startRoad(pachd.client.address)
  const server = await startProcess([], { config: await configFor(road.address) })
  await untilAnswers(server)
  await send({ socketPath: server.socket }, 'PUT', '/_mount', { mounts: [{ name: 'r', repo: 'awaited' }] })
  await readdir(join(server.mountDir, 'r'))
  road.hold()
  const readers = Array.from({ length: 4 }, (_, i) => spawnReader(join(server.mountDir, `r/f${String(i)}`)))
  await vi.waitFor(async () => expect((await Promise.all(readers.map(({ pid }) => isWaitingForDisk(pid)))).every(Boolean)).toBe(true), { timeout: 20_000 })

  server.child.kill('SIGTERM')

  expect(await server.exit).toBe(0)
  expect(await Promise.all(readers.map(({ exit }) => exit))).toEqual([1, 1, 1, 1])
  expect(await isMounted(server.mountDir)).toBe(false)
})

/** A program that reads a file; `exit` is its exit code, 1 when the read failed. */
function spawnReader(path: string): { readonly pid: number; readonly exit: Promise<number | null> } {
  const child = spawn('cat', [path], { stdio: 'ignore' })
  return { pid: child.pid ?? 0, exit: once(child, 'exit').then(([code]) => code as number | null) }
}

/** Whether a process stands in an operation of the kernel that is not done. */
async function isWaitingForDisk(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'latin1')
  const wait = await readFile(`/proc/${String(pid)}/wchan`, 'latin1').catch(() => '')
  return / [DS] /.test(stat) && /fuse|folio|page/.test(wait)
}

test('when pachd takes nothing while the server is told to stop, the server ends, and the next one has what was written', async () => {
  await pachd.repo('held', { '/a': '1' })
  const road = await startRoad(pachd.client.address)
  const config = await configFor(road.address)
  const first = await startProcess([], { config })
  await untilAnswers(first)
  await send({ socketPath: first.socket }, 'PUT', '/_mount', { mounts: [{ name: 'w', repo: 'held', mode: 'rw' }] })
  await writeFile(join(first.mountDir, 'w/new'), 'kept')
  road.hold()

  first.child.kill('SIGTERM')

  expect(await first.exit).toBe(1)
  expect(first.log()).toContain('found by the next start')
  expect(await isMounted(first.mountDir)).toBe(false)
  road.free()
  const second = await startProcess([], { config, folder: first.folder })
  await untilAnswers(second)
  expect((await send({ socketPath: second.socket }, 'PUT', '/_commit', { mount: 'w' })).status).toBe(200)
  expect(await pachd.read('held', '/new')).toBe('kept')
})
