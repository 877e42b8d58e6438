/** Mounts that do not wait for each other. */
import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

import { startPachdBorder } from './pachd-border.js'
import { testPachd, type TestPachd } from './running-server.js'
import { serveApp, type ServingApp } from './serving-app.js'

let pachd: TestPachd

beforeAll(async () => {
  pachd = await testPachd()
  for (const repo of ['large', 'small', 'other']) await pachd.repo(repo, { '/a': '1' })
})
afterAll(() => pachd.stop())

/** A server whose first commit takes until it is released. */
async function serveSlowCommit(): Promise<ServingApp & { committing: Promise<void>; release: () => void }> {
  const border = await startPachdBorder(pachd.pachd.address)
  onTestFinished(() => border.stop())
  const folder = await mkdtemp(join(pachd.folder, 'case-'))
  const config = join(folder, 'config.json')
  await writeFile(config, JSON.stringify({ v2: { active_context: 'c', contexts: { c: { pachd_address: border.address } } } }))
  const served = await serveApp({ config, folder })
  onTestFinished(() => served.stop())
  let reach = (): void => undefined
  let release = (): void => undefined
  const committing = new Promise<void>(settle => (reach = settle))
  const released = new Promise<void>(settle => (release = settle))
  let isFirst = true
  border.setGate(async ({ method, at }) => {
    if (method !== '/pfs_v2.API/ModifyFile' || at !== 'call' || !isFirst) return 'pass'
    isFirst = false
    reach()
    await released
    return 'pass'
  })
  onTestFinished(() => release())
  return { ...served, committing, release }
}

test('other mounts are made, committed and unmounted while the commit of one runs', async () => {
  const { call, write, names, committing, release } = await serveSlowCommit()
  for (const repo of ['large', 'small']) await call('PUT', '/_mount', { mounts: [{ name: repo, repo, mode: 'rw' }] })
  await write('/large/big', 'B')
  await write('/small/b', '2')
  let isCommitted = false
  const commit = call('PUT', '/_commit', { mount: 'large' }).finally(() => (isCommitted = true))
  await committing

  expect((await call('PUT', '/_commit', { mount: 'small' })).status).toBe(200)
  expect(await pachd.read('small', '/b')).toBe('2')
  expect((await call('PUT', '/_mount', { mounts: [{ name: 'other', repo: 'other' }] })).status).toBe(200)
  expect((await call('PUT', '/mounts/other/_follow', { follow: true })).status).toBe(200)
  expect((await call('PUT', '/_unmount', { mounts: ['small', 'other'] })).status).toBe(200)
  expect(await names('/')).toEqual(['large'])
  expect(isCommitted).toBe(false)

  release()
  expect((await commit).status).toBe(200)
  expect(await pachd.read('large', '/big')).toBe('B')
})

test('a mount that commits is not unmounted before that ends', async () => {
  const { call, write, names, committing, release } = await serveSlowCommit()
  await call('PUT', '/_mount', { mounts: [{ name: 'large', repo: 'large', mode: 'rw' }] })
  await write('/large/more', 'M')
  const commit = call('PUT', '/_commit', { mount: 'large' })
  await committing
  const order: string[] = []
  const unmounts = [call('PUT', '/_unmount', { mounts: ['large'] }).then(() => order.push('unmounted')), call('PUT', '/_unmount_all').then(() => order.push('all unmounted'))]

  expect(await names('/large')).toContain('more')
  void commit.then(() => order.push('committed'))
  release()
  await Promise.all(unmounts)

  expect(order).toEqual(['committed', 'unmounted', 'all unmounted'])
  expect(await names('/')).toEqual([])
})
