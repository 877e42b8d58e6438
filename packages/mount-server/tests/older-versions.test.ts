import { branchReference } from '@jupyterlab-pachyderm/pachd-client'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'

import { testPachd, type TestPachd } from './running-server.js'
import { serveApp, type ServingApp } from './serving-app.js'

let pachd: TestPachd
let commit: string

beforeAll(async () => {
  pachd = await testPachd()
  commit = await pachd.repo('cats', { '/a': '1', '/b': '2' })
})
afterAll(() => pachd.stop())

async function serve(apiCompat: '2.8' | '2.6' | '2.3'): Promise<ServingApp> {
  const served = await serveApp({ config: pachd.config, folder: pachd.folder, apiCompat })
  onTestFinished(() => served.stop())
  return served
}

const status = () => `up to date on latest commit ${commit.slice(0, 8)}`

describe('2.6', () => {
  test('every list of mounts has exactly the keys that its clients compare', async () => {
    const { call } = await serve('2.6')
    const entry = { name: 'm', project: 'default', repo: 'cats', branch: 'master', commit: '', files: null, mode: 'ro', state: 'mounted', status: status(), mountpoint: '/pfs/m', actual_mounted_commit: commit, latest_commit: commit, how_many_commits_behind: 0 }

    const answers = [
      await call('PUT', '/_mount', { mounts: [{ name: 'm', repo: 'cats', files: ['/a'] }] }),
      await call('GET', '/mounts'),
      await call('PUT', '/_commit', { mount: 'm' }),
      await call('PUT', '/_unmount', { mounts: [] }),
    ]

    for (const answer of answers) expect(answer.json()).toMatchObject({ mounted: [entry], unmounted: [{ project: 'default', repo: 'cats', branches: ['master'], authorization: 'off' }] })
    expect(Object.keys((answers[0]!.json()['mounted'] as object[])[0]!)).toHaveLength(Object.keys(entry).length)
    expect((await call('PUT', '/_unmount_all')).json()['mounted']).toEqual([])
  })

  test('a commit cannot be mounted', async () => {
    const { call } = await serve('2.6')

    expect((await call('PUT', '/_mount', { mounts: [{ name: 'm', repo: 'cats', commit }] })).status).toBe(400)
  })

  test('a read-only mount ends with its branch', async () => {
    const { call } = await serve('2.6')
    await pachd.client.pfs.createBranch({ branch: branchReference({ repo: 'cats', branch: 'gone' }), head: { id: commit, repo: branchReference({ repo: 'cats', branch: '' }).repo, branch: branchReference({ repo: 'cats', branch: 'master' }) } })
    expect((await call('PUT', '/_mount', { mounts: [{ name: 'm', repo: 'cats', branch: 'gone' }] })).status).toBe(200)
    const [shown] = (await call('GET', '/mounts')).json()['mounted'] as { branch: string }[]
    expect(shown?.branch).toBe('gone')

    await pachd.client.pfs.deleteBranch({ branch: branchReference({ repo: 'cats', branch: 'gone' }) })

    expect((await call('GET', '/mounts')).json()['mounted']).toEqual([])
  })

  test('its datum requests know ids and positions', async () => {
    const { call } = await serve('2.6')

    expect((await call('PUT', '/_show_datum?idx=0')).status).toBe(400)
    const first = (await call('PUT', '/_mount_datums', { input: { pfs: { repo: 'cats', glob: '/*' } } })).json()
    const second = (await call('PUT', '/_show_datum?idx=1')).json()
    expect([first['id'], second['id']]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), expect.stringMatching(/^[0-9a-f]{64}$/)])
    expect((await call('PUT', `/_show_datum?idx=1&id=${String(first['id'])}`)).json()).toMatchObject({ idx: 0 })
    expect((await call('GET', '/datums')).json()).toMatchObject({ num_datums: 2, curr_idx: 0 })
  })
})

describe('2.8', () => {
  test('it has the datum requests of 2.6 for those who use them, and does not know them otherwise', async () => {
    const { call } = await serve('2.8')

    for (const url of ['/_mount_datums', '/_show_datum?idx=0']) expect(await call('PUT', url, {})).toMatchObject({ status: 404, text: '404 page not found\n' })
    expect((await call('PUT', '/_mount_datums', { input: { pfs: { repo: 'cats', glob: '/*' } } })).json()).toMatchObject({ num_datums: 2, idx: 0 })
    expect((await call('PUT', '/_show_datum?idx=1')).json()).toMatchObject({ idx: 1 })
  })
})

describe('2.3', () => {
  const mounted = (name: string) => ({ name, mount_key: { repo: 'cats', branch: 'master', commit: '' }, mode: 'ro', state: 'mounted', status: status(), mountpoint: `/pfs/${name}`, actual_mounted_commit: commit, latest_commit: commit, how_many_commits_behind: 0 })
  const unmounted = { name: '', mount_key: { repo: 'cats', branch: 'master', commit: '' }, mode: '', state: 'unmounted', status: '', mountpoint: '', actual_mounted_commit: '', latest_commit: '', how_many_commits_behind: 0 }
  const repos = (...mount: unknown[]) => ({ cats: { name: 'cats', authorization: 'off', branches: { master: { name: 'master', mount } } } })

  test('repos are an object by name, and mounting, committing and unmounting answer it', async () => {
    const { call, names } = await serve('2.3')
    expect((await call('GET', '/repos')).json()).toEqual(repos(unmounted))

    expect((await call('PUT', '/repos/cats/master/_mount?name=m&mode=ro')).json()).toEqual(repos(mounted('m')))
    expect(await names('/m')).toEqual(['a', 'b'])
    expect((await call('PUT', '/repos/cats/master/_commit?name=m')).json()).toEqual(repos(mounted('m')))
    expect((await call('GET', '/mounts')).json()).toEqual({ mounted: { m: mounted('m') }, unmounted: [] })
    expect((await call('PUT', '/repos/cats/master/_unmount?name=m')).json()).toEqual(repos(unmounted))
    await call('PUT', '/repos/cats/master/_mount?name=n&mode=ro')
    expect((await call('PUT', '/repos/_unmount')).json()).toEqual(repos(unmounted))
  })

  test.each([
    ['/repos/cats/master/_mount?name=m', 404],
    ['/repos/cats/master/_mount?mode=ro', 404],
    ['/repos/cats/_mount?name=m&mode=ro', 400],
    [`/repos/cats/master/${'c'.repeat(32)}/_mount?name=m&mode=ro`, 400],
    ['/repos/none/master/_mount?name=m&mode=ro', 400],
    ['/repos/cats/master/_unmount?name=never', 500],
    ['/repos/cats/master/_other?name=m', 404],
  ])('PUT %s is %i', async (url, wanted) => {
    const { call } = await serve('2.3')

    expect((await call('PUT', url)).status).toBe(wanted)
  })
})
