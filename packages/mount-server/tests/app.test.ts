import { FileSystem, StageDirectory } from '@jupyterlab-pachyderm/mount-fs'
import type { FastifyInstance } from 'fastify'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'

import { Connection, createApp, DatumCursor, MountLifecycle } from '../src/index.js'
import { testPachd, type TestPachd } from './running-server.js'

let pachd: TestPachd
let app: FastifyInstance
let fileSystem: FileSystem
let connection: Connection
let repoNumber = 0

beforeAll(async () => {
  pachd = await testPachd()
})
afterAll(() => pachd.stop())
afterEach(async () => {
  await app.close()
  connection.close()
})

async function start({ config = pachd.config, apiCompat = '2.8' as const, token }: { config?: string; apiCompat?: '2.6' | '2.8'; token?: string } = {}): Promise<void> {
  fileSystem = new FileSystem()
  connection = new Connection({ env: {}, configFile: config })
  const mounts = new MountLifecycle({ fileSystem, connection, stage: new StageDirectory(join(pachd.folder, 'stage')), mountDir: '/pfs' })
  await connection.connectFromConfig()
  app = createApp({ fileSystem, connection, mounts, datums: new DatumCursor(connection, mounts), started: Promise.resolve(), arrived: () => Promise.resolve(), host: '127.0.0.1', token, apiCompat, logger: undefined })
}

async function call(method: 'GET' | 'PUT' | 'POST', url: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await app.inject({ method, url, headers: { 'content-type': 'application/json', ...headers }, ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }) })
  return { status: response.statusCode, text: response.body, headers: response.headers, json: () => response.json<Record<string, unknown>>() }
}

async function newRepo(files: Record<string, string> = { '/a': '1' }): Promise<{ repo: string; commit: string }> {
  const repo = `repo${String(repoNumber++)}`
  return { repo, commit: await pachd.repo(repo, files) }
}

describe('requests of any kind', () => {
  beforeEach(() => start())

  test('a wrong method is 405 with an empty body, an unknown path 404 with one line of text', async () => {
    expect(await call('PUT', '/health')).toMatchObject({ status: 405, text: '', headers: { allow: 'GET' } })
    expect(await call('GET', '/health/')).toMatchObject({ status: 404, text: '404 page not found\n', headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' } })
  })

  test.each([
    ['', 400],
    ['{', 400],
    ['[]', 400],
    ['{"mounts": "a"}', 400],
    ['{"mounts": [null]}', 400],
    ['{"mounts": [1]}', 400],
    ['null', 200],
    ['{}', 200],
    ['{"mounts": null}', 200],
    [' {"MOUNTS": []} and more', 200],
  ])('the body %j is answered with %i', async (body, status) => {
    expect((await call('PUT', '/_unmount', body)).status).toBe(status)
  })

  test('the content type of a body does not matter', async () => {
    expect((await call('PUT', '/_mount', '{"mounts": []}', { 'content-type': 'text/x-unknown' })).status).toBe(200)
  })

  test.each([{ host: 'evil.example' }, { origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }, { host: 'localhost:9002', origin: 'http://localhost:8888' }])('a request of a web page of others is refused: %j', async headers => {
    expect((await call('GET', '/health', undefined, headers)).status).toBe(403)
  })

  test.each([{ host: 'localhost:9002' }, { host: '127.0.0.1' }, { host: '[::1]:9002' }, { host: 'localhost:9002', origin: 'http://localhost:9002' }])('a request of this machine is served: %j', async headers => {
    expect((await call('GET', '/health', undefined, headers)).status).toBe(200)
  })
})

test('with a token, requests without it are 401, but for /health', async () => {
  await start({ token: 'secret' })

  expect((await call('GET', '/health')).status).toBe(200)
  expect((await call('GET', '/config')).status).toBe(401)
  expect((await call('GET', '/config', undefined, { authorization: 'Bearer wrong!' })).status).toBe(401)
  expect((await call('GET', '/config', undefined, { authorization: 'Bearer secret' })).status).toBe(200)
})

test('without a cluster everything but /health is 404, and PUT /config connects and writes a context', async () => {
  await start({ config: join(pachd.folder, 'new-config.json') })
  expect((await call('GET', '/health')).json()).toEqual({ status: 'running' })
  expect(await call('PUT', '/_mount', '{')).toMatchObject({ status: 404, text: 'not connected to a cluster\n' })

  expect((await call('PUT', '/config', { pachd_address: pachd.client.address.replace('grpc://', '') })).json()).toEqual({ cluster_status: 'AUTH_DISABLED', pachd_address: pachd.client.address })

  expect((await call('GET', '/repos')).status).toBe(200)
  await app.close()
  connection.close()
  await start({ config: join(pachd.folder, 'new-config.json') })
  expect((await call('GET', '/config')).json()).toMatchObject({ pachd_address: pachd.client.address })
})

describe('mounting', () => {
  beforeEach(() => start())

  test('a mount is listed with exactly the keys that clients compare, and shown in the file system', async () => {
    const { repo, commit } = await newRepo()

    const { mounted } = (await call('PUT', '/_mount', { mounts: [{ name: 'm', repo }] })).json()

    const status = `up to date on latest commit ${commit.slice(0, 8)}`
    expect(mounted).toEqual([{ name: 'm', project: 'default', repo, branch: 'master', commit, paths: ['/'], mode: 'ro', state: 'mounted', status, mountpoint: '/pfs/m', latest_commit: commit, how_many_commits_behind: 0 }])
    expect((await fileSystem.readdir('/m')).map(({ name }) => name)).toEqual(['a'])
  })

  test('what is not committed is in the details, and adds no key to the list that clients compare', async () => {
    const { repo } = await newRepo()
    await call('PUT', '/_mount', { mounts: [{ name: 'w', repo, mode: 'rw' }] })
    await write('/w/new', 'one')

    const [entry] = (await call('GET', '/mounts')).json()['mounted'] as object[]
    const [details] = (await call('GET', '/mounts/details')).json()['mounted'] as object[]

    expect(details).toEqual({ ...entry, uncommitted: { added: 1, changed: 0, deleted: 0 } })
  })

  test('fields that a client in Go leaves unset are empty or null, and count as left out', async () => {
    const { repo, commit } = await newRepo()
    const unset = { project: '', branch: '', commit: '', files: null, path: '', paths: null, mode: '', state: '', status: '', how_many_commits_behind: 0, follow: false }

    const { mounted } = (await call('PUT', '/_mount', { mounts: [{ name: 'm', repo, ...unset }] })).json()

    expect(mounted).toEqual([expect.objectContaining({ name: 'm', project: 'default', branch: 'master', commit, paths: ['/'], mode: 'ro' })])
    expect((await call('PUT', '/_mount', { mounts: [{ name: 'n', repo, mode: 'wr' }] })).status).toBe(400)
    expect((await call('PUT', '/_commit', { mount: 'm', message: '' })).status).toBe(200)
  })

  test('all entries are checked before any is mounted', async () => {
    const { repo } = await newRepo()

    expect(await call('PUT', '/_mount', { mounts: [{ name: 'm', repo }, { name: 'x', repo: 'none' }] })).toMatchObject({ status: 400, text: expect.stringContaining('none') as string })
    expect((await call('GET', '/mounts')).json()['mounted']).toEqual([])
  })

  test.each([{ name: '' }, { name: '..' }, { name: 'a/b' }, { mode: 'rx' }, { commit: 'abc' }, { branch: 'none' }, { project: 'none' }])('an entry with %j is 400', async wrong => {
    const { repo } = await newRepo()

    expect((await call('PUT', '/_mount', { mounts: [{ name: 'm', repo, ...wrong }] })).status).toBe(400)
  })

  test('the same name for the same source is no change, for another source 500', async () => {
    const [first, second] = [await newRepo(), await newRepo()]
    await call('PUT', '/_mount', { mounts: [{ name: 'm', repo: first.repo }] })

    expect((await call('PUT', '/_mount', { mounts: [{ name: 'm', repo: first.repo }] })).status).toBe(200)
    expect(await call('PUT', '/_mount', { mounts: [{ name: 'm', repo: second.repo }] })).toMatchObject({ status: 500, text: expect.stringContaining('already in use') as string })
  })

  test('mounting a branch again after its head moved is no change; naming the new commit is another source', async () => {
    const { repo, commit } = await newRepo()
    await call('PUT', '/_mount', { mounts: [{ name: 'm', repo }] })
    const head = await pachd.commit(repo, { '/b': '2' })

    const again = await call('PUT', '/_mount', { mounts: [{ name: 'm', repo }] })

    expect([again.status, again.json()['mounted']]).toEqual([200, [expect.objectContaining({ commit, latest_commit: head, how_many_commits_behind: 1 })]])
    expect((await call('PUT', '/_mount', { mounts: [{ name: 'm', repo, commit: head }] })).status).toBe(500)
  })

  test('the listing counts how far a mount is behind its branch', async () => {
    const { repo, commit } = await newRepo()
    await call('PUT', '/_mount', { mounts: [{ name: 'm', repo }] })
    await pachd.commit(repo, { '/b': '2' })
    const head = await pachd.commit(repo, { '/c': '3' })

    expect((await call('GET', '/mounts')).json()['mounted']).toEqual([expect.objectContaining({ commit, latest_commit: head, how_many_commits_behind: 2 })])
  })

  test('a read-write mount is committed by _commit and by unmounting, and shown as up to date after', async () => {
    const { repo } = await newRepo()
    await call('PUT', '/_mount', { mounts: [{ name: 'w', repo, mode: 'rw' }] })
    await write('/w/new', 'one')

    const { mounted } = (await call('PUT', '/_commit', { mount: 'w' })).json()

    expect(mounted).toEqual([expect.objectContaining({ how_many_commits_behind: 0, status: expect.stringContaining('up to date') as string })])
    expect(await pachd.read(repo, '/new')).toBe('one')
    await write('/w/more', 'two')
    expect((await call('PUT', '/_unmount', { mounts: ['w'] })).json()['mounted']).toEqual([])
    expect(await pachd.read(repo, '/more')).toBe('two')
  })

  test('a name that pachd refuses fails the commit and the unmount, and loses nothing', async () => {
    const { repo } = await newRepo()
    await call('PUT', '/_mount', { mounts: [{ name: 'w', repo, mode: 'rw' }] })
    await write('/w/bad[1]', 'x')
    await write('/w/good', 'g')

    expect((await call('PUT', '/_commit', { mount: 'w' })).status).toBe(500)
    expect((await call('PUT', '/_unmount_all')).status).toBe(500)
    await fileSystem.unlink('/w/bad[1]')

    expect((await call('PUT', '/_unmount_all')).json()['mounted']).toEqual([])
    expect(await pachd.read(repo, '/good')).toBe('g')
  })

  test('an open commit is shown as far as it was written when it was mounted', async () => {
    const { repo } = await newRepo()
    const branch = { repo: { name: repo, type: 'user', project: { name: 'default' } }, name: 'master' }
    const open = await pachd.client.pfs.startCommit({ branch })
    const put = (path: string) => pachd.client.pfs.modifyFile([{ body: { $case: 'setCommit', setCommit: open } }, { body: { $case: 'addFile', addFile: { path, source: { $case: 'raw', raw: Buffer.from('x') } } } }])
    const names = async () => {
      await call('PUT', '/_mount', { mounts: [{ name: 'm', repo }] })
      const entries = await fileSystem.readdir('/m')
      return entries.map(({ name }) => name)
    }
    await put('/b')
    expect(await names()).toEqual(['a', 'b'])
    await put('/c')

    await call('PUT', '/_unmount', { mounts: ['m'] })

    expect(await names()).toEqual(['a', 'b', 'c'])
  })

  test('what is written while an unmount commits is committed too', async () => {
    const { repo } = await newRepo()
    await call('PUT', '/_mount', { mounts: [{ name: 'w', repo, mode: 'rw' }] })
    await write('/w/first', 'one')
    const handle = await fileSystem.create('/w/late', 0o644)
    const move = async (_name: string, _to: string, moved: () => void) => {
      await fileSystem.write(handle, 0, Buffer.from('late'))
      moved()
      return true
    }
    fileSystem.addNameCache({ forget: () => Promise.resolve(), move })

    expect((await call('PUT', '/_unmount', { mounts: ['w'] })).json()['mounted']).toEqual([])

    expect([await pachd.read(repo, '/first'), await pachd.read(repo, '/late')]).toEqual(['one', 'late'])
  })

  test('unmounting what is not mounted is 500', async () => {
    expect((await call('PUT', '/_unmount', { mounts: ['never'] })).status).toBe(500)
    expect((await call('PUT', '/_commit', { mount: 'never' })).status).toBe(500)
  })
})

describe('datums', () => {
  beforeEach(() => start())

  test('datums are shown one by one without wrapping around, and block other mounts until _unmount_all', async () => {
    const { repo } = await newRepo({ '/a': '1', '/b': '2' })
    const input = { pfs: { repo, glob: '/*' } }

    expect((await call('PUT', '/datums/_mount', { input })).json()).toMatchObject({ idx: 0, num_datums: 2, all_datums_received: true })
    expect((await call('PUT', '/datums/_prev')).status).toBe(400)
    expect((await call('PUT', '/datums/_next')).json()).toMatchObject({ idx: 1 })
    expect((await call('PUT', '/datums/_next')).status).toBe(400)
    expect((await fileSystem.readdir(`/default_${repo}`)).map(({ name }) => name)).toEqual(['b'])
    expect((await call('PUT', '/_mount', '{')).status).toBe(400)
    expect((await call('GET', '/datums')).json()).toMatchObject({ input: { pfs: { project: 'default', name: `default_${repo}`, repo, branch: 'master', glob: '/*' } }, idx: 1, curr_idx: 1 })
    expect((await call('PUT', '/_unmount_all')).json()['mounted']).toEqual([])
    expect((await call('GET', '/datums')).json()).toMatchObject({ num_datums: 0, input: null })
  })

  test('a cross of large inputs is counted without being spelled out', async () => {
    const files = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`/f${String(index).padStart(2, '0')}`, '']))
    const { repo } = await newRepo(files)
    const cross = ['a', 'b', 'c', 'd'].map(name => ({ pfs: { repo, name, glob: '/*' } }))

    expect((await call('PUT', '/datums/_mount', { input: { cross } })).json()).toMatchObject({ num_datums: 60 ** 4 })
    await call('PUT', '/datums/_next')
    expect((await Promise.all(['a', 'b', 'c', 'd'].map(name => fileSystem.readdir(`/${name}`)))).map(([entry]) => entry?.name)).toEqual(['f00', 'f00', 'f00', 'f01'])
  })

  test.each([
    ['', 'is empty'],
    ['{"input": {}}', 'no input set'],
    ['{"input": {"pfs": {"repo": "r"}}}', 'glob must be specified'],
    ['{"input": {"pfs": {"glob": "/"}}}', 'repo must be specified'],
    ['{"input": {"pfs": {"repo": "r", "glob": "/", "commit": "c"}}}', 'commit cannot be specified'],
    ['{"input": {"pfs": {"repo": "none", "glob": "/"}}}', 'not found'],
    ['{"input": {"nope": 1}}', 'unknown field'],
    ["input: {cross: [{pfs: {repo: r, glob: /, name: n}}, {pfs: {repo: s, glob: /, name: n}}]}", 'more than once'],
  ])('the specification %j is 400, and what is mounted stays', async (specification, reason) => {
    const { repo } = await newRepo()
    await call('PUT', '/_mount', { mounts: [{ name: 'm', repo }] })

    expect(await call('PUT', '/datums/_mount', specification)).toMatchObject({ status: 400, text: expect.stringContaining(reason) as string })
    expect(fileSystem.mounts.listedNames()).toEqual(['m'])
  })
})

test('the names of 2.6 show datums by position and by id', async () => {
  await start({ apiCompat: '2.6' })
  const { repo } = await newRepo({ '/a': '1', '/b': '2' })

  const first = (await call('PUT', '/_mount_datums', { input: { pfs: { repo, glob: '/*', name: 'in' } } })).json()
  expect(first).toMatchObject({ idx: 0, num_datums: 2, id: expect.stringMatching(/./) as string })
  const second = (await call('PUT', '/_show_datum?idx=1')).json()
  expect(second['id']).not.toBe(first['id'])
  expect((await call('PUT', `/_show_datum?idx=1&id=${String(first['id'])}`)).json()).toMatchObject({ idx: 0 })
  for (const query of ['', '?idx=7', '?idx=-1', '?idx=x', '?id=none']) expect((await call('PUT', `/_show_datum${query}`)).status, query).toBe(400)
})

async function write(path: string, text: string): Promise<void> {
  const handle = await fileSystem.create(path, 0o644)
  await fileSystem.write(handle, 0, Buffer.from(text))
  await fileSystem.release(handle)
}
