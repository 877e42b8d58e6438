import { followEvents, type EventTransport, type FollowedEvent, type Snapshot } from '@jupyterlab-pachyderm/mount-api'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'

import { testPachd, type TestPachd } from './running-server.js'
import { serveApp, type ServingApp } from './serving-app.js'

let pachd: TestPachd
let server: ServingApp
let address: string
let repoNumber = 0

beforeAll(async () => {
  pachd = await testPachd()
})
afterAll(() => pachd.stop())
beforeEach(async () => {
  server = await serveApp({ config: pachd.config, folder: pachd.folder })
  address = await server.app.listen({ host: '127.0.0.1', port: 0 })
})
afterEach(() => server.stop())

const transport: EventTransport = ({ url, ...rest }) => fetch(`${address}${url}`, rest)

/** Collects events until the test ends. */
function follow(open: EventTransport = transport): { readonly events: FollowedEvent[]; readonly stop: () => void } {
  const events: FollowedEvent[] = []
  const over = new AbortController()
  const running = (async () => {
    for await (const event of followEvents(open, { signal: over.signal, retryMs: 20 })) events.push(event)
  })()
  const stop = () => over.abort()
  onTestFinished(async () => {
    stop()
    await running
  })
  return { events, stop }
}

async function newRepo(): Promise<string> {
  const repo = `events${String(repoNumber++)}`
  await pachd.repo(repo, { '/a': '1' })
  return repo
}

const eventually = <T>(condition: () => T | Promise<T>) => vi.waitFor(condition, 15_000)
const snapshots = (events: FollowedEvent[]) => events.filter(event => event.type === 'snapshot')
const named = (events: FollowedEvent[], type: string) => events.filter(event => event.type === type).map(event => (event as { data: unknown }).data)

test('the first event is all there is, and a mount of anybody is told at once', async () => {
  const repo = await newRepo()
  const { events } = follow()
  await eventually(() => expect(events).toHaveLength(1))
  expect(events[0]).toMatchObject({ type: 'snapshot', data: { connection: { state: 'connected', pachd_address: pachd.client.address }, mounts: { mounted: [] }, datums: { num_datums: 0 }, transfers: { transfers: [] } } })

  await server.call('PUT', '/_mount', { mounts: [{ name: 'm', repo }] })

  await eventually(() => expect(named(events, 'mounts').at(-1)).toMatchObject({ mounted: [{ name: 'm', repo, how_many_commits_behind: 0 }] }))
})

test('a commit of somebody else is told, as a number of commits behind', async () => {
  const repo = await newRepo()
  await server.call('PUT', '/_mount', { mounts: [{ name: 'm', repo }] })
  const { events } = follow()
  await eventually(() => expect(snapshots(events)).toHaveLength(1))

  await pachd.commit(repo, { '/b': '2' })

  await eventually(() => expect(named(events, 'mounts').at(-1)).toMatchObject({ mounted: [{ how_many_commits_behind: 1 }] }))
})

test('a stream that is lost is told, opened again, and begins with a snapshot', async () => {
  let tries = 0
  const { events } = follow(request => (tries++ === 1 ? Promise.reject(new Error('nobody there')) : transport(request)))
  await eventually(() => expect(snapshots(events)).toHaveLength(1))

  server.app.server.closeAllConnections()

  await eventually(() => expect(events.map(({ type }) => type)).toEqual(['snapshot', 'lost', 'lost', 'snapshot']))
})

test('ten listeners cost pachd what one does, and none cost nothing', async () => {
  const { client } = server.connection.cluster
  const probes = vi.spyOn(client.auth, 'whoAmI')
  const followers = Array.from({ length: 10 }, () => follow())
  await eventually(() => followers.forEach(({ events }) => expect(events).toHaveLength(1)))
  await eventually(() => expect(probes.mock.calls.length).toBeGreaterThanOrEqual(2))
  expect(probes.mock.calls.length).toBeLessThanOrEqual(3)

  followers.forEach(({ stop }) => stop())

  await eventually(async () => expect(await connections()).toBe(0))
  const after = probes.mock.calls.length
  await server.call('GET', '/health')
  expect(probes.mock.calls.length).toBe(after)
})

test('without a cluster it says so, and tells when there is one', async () => {
  await server.stop()
  server = await serveApp({ config: `${pachd.folder}/not-there.json`, folder: pachd.folder })
  address = await server.app.listen({ host: '127.0.0.1', port: 0 })
  const { events } = follow()
  await eventually(() => expect((snapshots(events)[0] as { data: Snapshot } | undefined)?.data.connection).toMatchObject({ state: 'none' }))

  await server.call('PUT', '/config', { pachd_address: pachd.client.address })

  await eventually(() => expect(named(events, 'connection').at(-1)).toMatchObject({ state: 'connected' }))
})

function connections(): Promise<number> {
  return new Promise((resolve, reject) => server.app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))))
}
