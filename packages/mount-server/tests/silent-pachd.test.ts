import { mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { type HeldRoad, startRoad } from './held-road.js'
import { testPachd, type TestPachd } from './running-server.js'
import { send, type ServerProcess, startProcess, untilAnswers } from './server-process.js'

/** Twice what is promised: the machine of the tests may be busy. The answers took 34 to 48 s once. */
const LOCAL_MS = 4000
const BOUNDED_MS = 20_000
let pachd: TestPachd

beforeAll(async () => {
  pachd = await testPachd()
  await pachd.repo('data', { '/a': '1', '/d/b': '2' })
})
afterAll(() => pachd.stop())

/** A server behind a road, with the mounts "r" to read and "w" to write, in which "w/new" waits to be committed. */
async function mountedServer(): Promise<{ readonly server: ServerProcess; readonly road: HeldRoad }> {
  const road = await startRoad(pachd.client.address)
  const config = join(await mkdtemp(join(pachd.folder, 'silent-')), 'config.json')
  await writeFile(config, JSON.stringify({ v2: { active_context: 'a', contexts: { a: { pachd_address: road.address } } } }))
  const server = await startProcess([], { config })
  await untilAnswers(server)
  await send({ socketPath: server.socket }, 'PUT', '/_mount', { mounts: [{ name: 'r', repo: 'data' }, { name: 's', repo: 'data' }, { name: 'w', repo: 'data', mode: 'rw' }] })
  await writeFile(join(server.mountDir, 'w/new'), 'kept')
  await readdir(join(server.mountDir, 'r'))
  return { server, road }
}

async function timed(server: ServerProcess, method: string, path: string, body?: unknown) {
  const begunMs = performance.now()
  const { status, text } = await send({ socketPath: server.socket }, method, path, body)
  return { path, status, text, isSoon: performance.now() - begunMs < LOCAL_MS, isBounded: performance.now() - begunMs < BOUNDED_MS }
}

describe.each([
  ['takes connections and never answers', (road: HeldRoad) => road.hold()],
  ['is gone', (road: HeldRoad) => road.close()],
])('while pachd %s', (_state, silence) => {
  test('what this server knows is answered soon, and says what is not known', { timeout: 120_000 }, async () => {
    const { server, road } = await mountedServer()
    silence(road)

    const list = await timed(server, 'GET', '/mounts')
    const known = JSON.parse(list.text) as { mounted: { name: string; status: string }[]; unmounted: { repo: string }[]; problem?: string }

    expect(list).toMatchObject({ status: 200, isSoon: true })
    expect(known.mounted.map(({ name, status }) => [name, status])).toEqual(['r', 's', 'w'].map(name => [name, 'not known: pachd does not answer']))
    expect(known.unmounted.map(({ repo }) => repo)).toEqual(['data'])
    expect(known.problem).toMatch(/^pachd at .* does not answer, so it is not known how the mounts stand to their branches/)
    expect(await timed(server, 'GET', '/mounts/details')).toMatchObject({ status: 200, isSoon: true })
    expect(await timed(server, 'GET', '/health')).toMatchObject({ status: 200, isSoon: true })
    expect(await timed(server, 'GET', '/ready')).toMatchObject({ status: 503, isSoon: true })
    expect(await timed(server, 'GET', '/config')).toMatchObject({ status: 200, isSoon: true, text: expect.stringContaining('INVALID') as string })
    expect(await timed(server, 'GET', '/version')).toMatchObject({ status: 200, isSoon: true })
    expect(await timed(server, 'GET', '/datums')).toMatchObject({ status: 200, isSoon: true })
    expect(await readdir(join(server.mountDir, 'r'))).toEqual(['a', 'd'])
  })

  test('a read-only mount is unmounted at once, and a mount with changes keeps them and says so', { timeout: 120_000 }, async () => {
    const { server, road } = await mountedServer()
    silence(road)

    expect(await timed(server, 'PUT', '/_unmount', { mounts: ['r'] })).toMatchObject({ status: 200, isSoon: true })
    const refused = await timed(server, 'PUT', '/_unmount', { mounts: ['w'] })

    expect(await readdir(server.mountDir)).toEqual(['s', 'w'])
    expect(refused).toMatchObject({ status: 500, isBounded: true, text: expect.stringMatching(/could not be committed and are kept: pachd at /) as string })
    expect(await readFile(join(server.mountDir, 'w/new'), 'utf8')).toBe('kept')
    expect(await timed(server, 'PUT', '/_unmount_all')).toMatchObject({ status: 500, isBounded: true })
    expect(await readdir(server.mountDir)).toEqual(['w'])
  })

  test('what only pachd knows is refused in bounded time with a sentence that says why', { timeout: 240_000 }, async () => {
    const { server, road } = await mountedServer()
    silence(road)

    for (const [method, path, body] of [
      ['GET', '/repos'], ['GET', '/projects'], ['GET', '/repos/default/data/branches'], ['GET', '/repos/default/data/commits?branch=master'], ['PUT', '/auth/_login'],
      ['PUT', '/_mount', { mounts: [{ name: 'x', repo: 'data' }] }], ['PUT', '/mounts/r/_update'],
    ] as const) {
      expect(await timed(server, method, path, body), path).toMatchObject({ isBounded: true, text: expect.stringMatching(/pachd at|grpc:.*answer/) as string })
    }
  })
})
