/** Mounts that follow their branch, asked for over REST. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'

import { testPachd, type TestPachd } from './running-server.js'
import { serveApp, type ServingApp } from './serving-app.js'

let pachd: TestPachd
let server: ServingApp
let repo: string
let repoNumber = 0

beforeAll(async () => {
  pachd = await testPachd()
})
afterAll(() => pachd.stop())
beforeEach(async () => {
  repo = `followed${String(repoNumber++)}`
  await pachd.repo(repo, { '/a': '1' })
  server = await serveApp(pachd)
})
afterEach(async () => {
  await server.mounts.unmountAll()
  await server.stop()
})

const mount = (spec: object) => server.call('PUT', '/_mount', { mounts: [{ repo, ...spec }] })

test('a mount with "follow" shows new heads by itself; others stay where they are', async () => {
  await mount({ name: 'following', follow: true })
  await mount({ name: 'pinned' })

  const head = await pachd.commit(repo, { '/b': '2' })

  await expect.poll(() => server.names('/following'), { timeout: 5000 }).toEqual(['a', 'b'])
  expect(await server.names('/pinned')).toEqual(['a'])
  const { mounted } = (await server.call('GET', '/mounts')).json() as { mounted: unknown[] }
  expect(mounted).toContainEqual(expect.objectContaining({ name: 'following', commit: head, how_many_commits_behind: 0 }))
})

test('a mount that is there already can be told to follow', async () => {
  await mount({ name: 'm' })
  await mount({ name: 'm', follow: true })

  await pachd.commit(repo, { '/b': '2' })

  await expect.poll(() => server.names('/m'), { timeout: 5000 }).toEqual(['a', 'b'])
})

test('a mount can be told to follow its branch, and to stay where it is', async () => {
  await mount({ name: 'm' })
  const first = await pachd.commit(repo, { '/b': '2' })

  await server.call('PUT', '/mounts/m/_follow', { follow: true })
  await expect.poll(() => server.names('/m'), { timeout: 5000 }).toEqual(['a', 'b'])
  const { mounted } = (await server.call('GET', '/mounts/details')).json() as { mounted: unknown[] }
  expect(mounted).toEqual([expect.objectContaining({ name: 'm', commit: first, following: true })])

  await server.call('PUT', '/mounts/m/_follow', { follow: false })
  expect(server.connection.cluster.heads.watchedCount).toBe(0)
  expect(((await server.call('GET', '/mounts/details')).json() as { mounted: unknown[] }).mounted[0]).not.toHaveProperty('following')
})

test('what can be written, and what shows one commit, refuses to follow', async () => {
  await mount({ name: 'w', mode: 'rw' })
  const commit = await pachd.commit(repo, { '/b': '2' })
  await mount({ name: 'old', commit, branch: '' })

  expect((await server.call('PUT', '/mounts/w/_follow', { follow: true })).json()).toMatchObject({ code: 'BAD_REQUEST' })
  expect((await server.call('PUT', '/mounts/old/_follow', { follow: true })).json()).toMatchObject({ code: 'BAD_REQUEST' })
  expect((await server.call('PUT', '/mounts/none/_follow', { follow: true })).json()).toMatchObject({ code: 'NOT_MOUNTED' })
})

test('an unmounted mount follows no more', async () => {
  await mount({ name: 'm', follow: true })
  await server.call('PUT', '/_unmount', { mounts: ['m'] })

  await pachd.commit(repo, { '/b': '2' })

  expect(server.connection.cluster.heads.watchedCount).toBe(0)
  expect(await server.names('/')).toEqual([])
})

test('a commit and a working copy cannot follow', async () => {
  const commit = await pachd.commit(repo, { '/b': '2' })

  expect(await mount({ name: 'm', commit, follow: true })).toMatchObject({ status: 400 })
  expect(await mount({ name: 'm', mode: 'rw', follow: true })).toMatchObject({ status: 400 })
})
