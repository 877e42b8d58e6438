import { branchReference, commitReference } from '@jupyterlab-pachyderm/pachd-client'
import { pfs, version } from '@jupyterlab-pachyderm/pachd-proto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'

import { startPachdBorder } from './pachd-border.js'
import { testPachd, type TestPachd } from './running-server.js'
import { serveApp, type ServingApp } from './serving-app.js'

let pachd: TestPachd
let commit: string

beforeAll(async () => {
  pachd = await testPachd()
  commit = await pachd.repo('cats', { '/a': '1', '/b': '2' })
})
afterAll(() => pachd.stop())

async function serve(apiCompat: '2.9' | '2.8' | '2.6' | '2.3'): Promise<ServingApp> {
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

describe('2.9', () => {
  const mounted = async ({ call }: ServingApp) => (await call('GET', '/mounts')).json()['mounted'] as Record<string, unknown>[]

  test('every list of mounts has exactly the keys of its type, with one path for each mount', async () => {
    const { call } = await serve('2.9')
    const entry = { name: 'm', project: 'default', repo: 'cats', branch: 'master', commit, path: '/a', mode: 'ro', state: 'mounted', status: status(), mountpoint: '/pfs/m', latest_commit: commit, how_many_commits_behind: 0 }

    const answers = [
      await call('PUT', '/_mount', { mounts: [{ name: 'm', repo: 'cats', path: '/a', mode: '' }] }),
      await call('GET', '/mounts'),
      await call('PUT', '/_commit', { mount: 'm' }),
      await call('PUT', '/_unmount', { mounts: [] }),
    ]

    for (const answer of answers) expect(answer.json()['mounted']).toEqual([entry])
    expect((await call('PUT', '/_unmount_all')).json()['mounted']).toEqual([])
  })

  test('without a path all is shown, and the keys of other versions are ignored', async () => {
    const served = await serve('2.9')

    expect((await served.call('PUT', '/_mount', { mounts: [{ name: 'm', repo: 'cats', paths: ['/a'], files: ['/a'] }] })).json()['mounted']).toEqual([expect.objectContaining({ path: '' })])
    expect(await served.names('/m')).toEqual(['a', 'b'])
  })

  test('datums are shown by the names of their repos, each with its path', async () => {
    const served = await serve('2.9')

    expect((await served.call('PUT', '/datums/_mount', { input: { pfs: { repo: 'cats', glob: '/*' } } })).json()).toMatchObject({ num_datums: 2 })
    expect((await served.call('GET', '/datums')).json()['input']).toEqual({ pfs: { project: 'default', name: 'cats', repo: 'cats', branch: 'master', glob: '/*' } })
    expect(await mounted(served)).toEqual([expect.objectContaining({ name: 'cats', path: '/a' })])
    await served.call('PUT', '/datums/_mount', { input: { pfs: { repo: 'cats', glob: '/' } } })
    expect(await mounted(served)).toEqual([expect.objectContaining({ name: 'cats', path: '/' })])
  })

  const cats = (more: object = {}) => ({ pfs: { repo: 'cats', glob: '/*', ...more } })

  test.each([
    ['without an input', {}, 'datum input is not specified'],
    ['without a kind', { input: {} }, 'no input set'],
    ['with two kinds', { input: { ...cats(), cross: [cats()] } }, 'multiple input types set'],
    ['without a repo', { input: { pfs: { glob: '/' } } }, 'repo must be specified'],
    ['without a glob', { input: { pfs: { repo: 'cats' } } }, 'glob must be specified'],
    ['with a commit', { input: cats({ commit: 'c'.repeat(32) }) }, 'commit cannot be specified'],
    ['of cron', { input: { cron: { name: 'tick', spec: '@daily' } } }, 'cron'],
    ['over S3', { input: cats({ s3: true }) }, 's3'],
    ['with a repo that needs another name', { input: { pfs: { repo: 'out', glob: '/' } } }, "name must be specified for repo 'out'"],
    ['with a reserved name', { input: cats({ name: '.env' }) }, 'input cannot be named .env'],
    ['with one name twice', { input: { cross: [cats(), cats()] } }, 'used more than once'],
    ['with one name beside a union and in it', { input: { cross: [cats(), { union: [cats(), cats()] }] } }, 'used more than once'],
    ['without datums', { input: cats({ glob: '/none' }) }, 'spec produces zero datums; nothing to mount'],
  ])('a specification %s is 400 and says what is missing', async (_what, specification, reason) => {
    const { call } = await serve('2.9')

    expect(await call('PUT', '/datums/_mount', specification)).toMatchObject({ status: 400, text: expect.stringContaining(reason) as string })
  })

  test('the parts of a union may have one name', async () => {
    const { call } = await serve('2.9')

    expect((await call('PUT', '/datums/_mount', { input: { union: [cats({ glob: '/a' }), cats({ glob: '/b' })] } })).json()).toMatchObject({ num_datums: 2 })
  })

  test('a disconnected server answers health and configuration, unlike that of the original', async () => {
    const served = await serveApp({ config: join(pachd.folder, 'no-config.json'), folder: pachd.folder, apiCompat: '2.9' })
    onTestFinished(() => served.stop())

    expect((await served.call('GET', '/health')).status).toBe(200)
    expect((await served.call('GET', '/repos')).status).toBe(404)
    expect((await served.call('PUT', '/config', { pachd_address: pachd.client.address })).status).toBe(200)
    expect((await served.call('GET', '/repos')).status).toBe(200)
  })
})

describe('2.8', () => {
  test('datums of a branch that points to a commit of another one are mounted as of that one, where pachd tells it', async () => {
    const branch = branchReference({ repo: 'cats', branch: 'copy' })
    await pachd.client.pfs.createBranch({ branch, head: commitReference({ repo: 'cats', branch: 'master', id: commit }) })
    onTestFinished(async () => {
      await pachd.client.pfs.deleteBranch({ branch })
    })
    const border = await startPachdBorder(pachd.client.address)
    onTestFinished(() => border.stop())
    const info = await pachd.client.pfs.inspectCommit({ commit: commitReference({ repo: 'cats', branch: 'master', id: commit }) })
    const ofMaster = { ...info, commit: commitReference({ repo: 'cats', branch: 'master', id: commit }) }
    border.answer('/pfs_v2.API/InspectCommit', pfs.CommitInfo.encode(pfs.CommitInfo.fromPartial(ofMaster)).finish())
    border.answer('/versionpb_v2.API/GetVersion', version.Version.encode(version.Version.fromPartial({ major: 2, minor: 11 })).finish())
    const config = join(pachd.folder, 'border.json')
    await writeFile(config, JSON.stringify({ v2: { active_context: 'b', contexts: { b: { pachd_address: border.address } } } }))
    const { call, stop } = await serveApp({ config, folder: pachd.folder })
    onTestFinished(stop)

    expect((await call('PUT', '/datums/_mount', { input: { pfs: { repo: 'cats', branch: 'copy', glob: '/*' } } })).status).toBe(200)

    expect((await call('GET', '/mounts')).json()['mounted']).toEqual([expect.objectContaining({ name: 'default_cats_copy', branch: 'master', commit })])
    expect((await call('GET', '/datums')).json()['input']).toMatchObject({ pfs: { branch: 'copy' } })
  })

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
