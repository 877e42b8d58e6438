/** What is not committed: listed, thrown away, and found again by the next server. */
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'

import { testPachd, type TestPachd } from './running-server.js'
import { serveApp, type ServingApp } from './serving-app.js'

let pachd: TestPachd
let server: ServingApp
let repo = ''
let repos = 0

beforeAll(async () => {
  pachd = await testPachd()
})
afterAll(() => pachd.stop())
beforeEach(async () => {
  repo = `changes${String(repos++)}`
  await pachd.repo(repo, { '/a': 'a', '/b': 'bb', '/d/x': 'x' })
  server = await serve(await mkdtemp(join(pachd.folder, 'server-')))
  await mount('w')
})

async function serve(folder: string): Promise<ServingApp> {
  const app = await serveApp({ config: pachd.config, folder })
  onTestFinished(() => app.stop())
  return app
}

async function mount(name: string, spec: Record<string, unknown> = {}): Promise<void> {
  expect(await server.call('PUT', '/_mount', { mounts: [{ name, repo, mode: 'rw', ...spec }] })).toMatchObject({ status: 200 })
}

const changes = async (query = '') => (await server.call('GET', `/mounts/w/changes${query}`)).json()

async function entry(name = 'w'): Promise<Record<string, unknown>> {
  const { mounted } = (await server.call('GET', '/mounts/details')).json() as { mounted: Record<string, unknown>[] }
  return mounted.find(one => one['name'] === name) ?? {}
}

async function changeThings(): Promise<void> {
  await server.write('/w/new', 'newer')
  await server.write('/w/a', 'A')
  await server.fileSystem.unlink('/w/b')
  await server.fileSystem.unlink('/w/d/x')
  await server.fileSystem.rmdir('/w/d')
}

describe('GET /mounts/:name/changes', () => {
  test('lists what was added, changed and deleted, with sizes, and the details of the mount say how many', async () => {
    expect(await changes()).toEqual({ changes: [], next: null, counts: { added: 0, changed: 0, deleted: 0 }, conflicts: [] })
    expect(await entry()).not.toHaveProperty('uncommitted')

    await changeThings()

    expect(await changes()).toEqual({
      changes: [
        { path: '/a', change: 'changed', size_bytes: 1 },
        { path: '/b', change: 'deleted', size_bytes: 2 },
        { path: '/d/', change: 'deleted', size_bytes: null },
        { path: '/d/x', change: 'deleted', size_bytes: 1 },
        { path: '/new', change: 'added', size_bytes: 5 },
      ],
      next: null, counts: { added: 1, changed: 1, deleted: 3 }, conflicts: [],
    })
    expect((await entry())['uncommitted']).toEqual({ added: 1, changed: 1, deleted: 3 })
  })

  test('comes in pages', async () => {
    for (let number = 0; number < 25; number++) await server.write(`/w/n${String(number).padStart(2, '0')}`, '')

    const pages: unknown[] = []
    for (let after: string | null = ''; after !== null; ) {
      const page = (await changes(`?limit=10${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`)) as { changes: unknown[]; next: string | null }
      pages.push(page.changes.length)
      after = page.next
    }

    expect(pages).toEqual([10, 10, 5])
  })

  test('names what others changed, too, before the commit that replaces it and after it', async () => {
    await server.write('/w/a', 'mine')
    await server.write('/w/new', 'new')
    await pachd.commit(repo, { '/a': '+theirs', '/b': '+theirs' })

    expect((await changes())['conflicts']).toEqual(['/a'])
    expect(await server.call('PUT', '/_commit', { mount: 'w' })).toMatchObject({ status: 200 })

    await expect.poll(async () => (await changes())['conflicts']).toEqual(['/a'])
    expect(await pachd.read(repo, '/a')).toBe('mine')
    expect(await pachd.read(repo, '/b')).toBe('bb+theirs')
  })

  test('says of names why pachd will not take them; the commit fails and names them, and works without them', async () => {
    await server.write('/w/good', 'g')
    await server.write('/w/bad[1]', 'b')

    expect((await changes())['changes']).toEqual([
      { path: '/bad[1]', change: 'added', size_bytes: 1, refusal: expect.stringContaining('"["') as string },
      { path: '/good', change: 'added', size_bytes: 1 },
    ])
    expect(await server.call('PUT', '/_commit', { mount: 'w' })).toMatchObject({ status: 500, text: expect.stringContaining('bad[1]') as string })
    await server.fileSystem.rename('/w/bad[1]', '/w/better')
    expect(await server.call('PUT', '/_commit', { mount: 'w' })).toMatchObject({ status: 200 })

    expect(await pachd.read(repo, '/better')).toBe('b')
  })

  test('of a name that is not mounted is 404 with a code; of a read-only mount it is empty', async () => {
    await server.call('PUT', '/_mount', { mounts: [{ name: 'ro', repo }] })

    expect(await server.call('GET', '/mounts/nothing/changes')).toMatchObject({ status: 404, text: expect.stringContaining('"NOT_MOUNTED"') as string })
    expect((await server.call('GET', '/mounts/ro/changes')).json()).toMatchObject({ changes: [] })
  })
})

describe('PUT /_commit', () => {
  test('with a message makes a commit of that description, without one a commit without', async () => {
    await server.write('/w/a', 'A')
    expect(await server.call('PUT', '/_commit', { mount: 'w', message: 'Capital letters' })).toMatchObject({ status: 200 })
    await server.write('/w/b', 'B')
    expect(await server.call('PUT', '/_commit', { mount: 'w', message: '' })).toMatchObject({ status: 200 })

    const { commits } = (await server.call('GET', `/repos/default/${repo}/commits?branch=master`)).json() as { commits: Record<string, unknown>[] }
    expect(commits.map(({ message }) => message)).toEqual(['', 'Capital letters', ''])
    expect(await entry()).toMatchObject({ how_many_commits_behind: 0 })
    expect(await server.call('PUT', '/_commit', { mount: 'w', message: 7 })).toMatchObject({ status: 400 })
  })
})

describe('a directory in the place of a committed file', () => {
  beforeEach(async () => {
    await server.fileSystem.unlink('/w/b')
    await server.fileSystem.mkdir('/w/b')
    await server.write('/w/b/inner', 'i')
  })

  test('is left to an explicit commit by an unmount, which keeps all changes and says what to do', async () => {
    const refused = await server.call('PUT', '/_unmount', { mounts: ['w'] })

    expect(refused).toMatchObject({ status: 500, text: expect.stringMatching(/^w\/b was a file and is a directory now; commit that, or throw it away/) as string })
    expect((await changes())['counts']).toEqual({ added: 1, changed: 0, deleted: 1 })
    expect(await server.call('PUT', '/_commit', { mount: 'w' })).toMatchObject({ status: 200 })
    expect(await server.call('PUT', '/_unmount', { mounts: ['w'] })).toMatchObject({ status: 200 })
    expect(await pachd.read(repo, '/b/inner')).toBe('i')
  })

  test('is committed with everything else when all is unmounted, as at the end of the server', async () => {
    expect(await server.call('PUT', '/_unmount_all')).toMatchObject({ status: 200 })

    expect(await pachd.read(repo, '/b/inner')).toBe('i')
  })
})

describe('PUT /mounts/:name/_discard', () => {
  test('throws everything away, and no commit is made then', async () => {
    await changeThings()

    expect(await server.call('PUT', '/mounts/w/_discard', {})).toMatchObject({ status: 200 })

    expect(await server.names('/w')).toEqual(['a', 'b', 'd'])
    expect(await changes()).toMatchObject({ changes: [] })
    const before = (await entry())['commit']
    await server.call('PUT', '/_commit', { mount: 'w' })
    expect((await entry())['commit']).toBe(before)
  })

  test('throws some changes away, and the others are committed', async () => {
    await changeThings()

    expect(await server.call('PUT', '/mounts/w/_discard', { paths: ['/new', '/b', '/d/'] })).toMatchObject({ status: 200 })
    await server.call('PUT', '/_commit', { mount: 'w' })

    expect(await server.names('/w')).toEqual(['a', 'b', 'd'])
    expect([await pachd.read(repo, '/a'), await pachd.read(repo, '/b'), await pachd.read(repo, '/d/x')]).toEqual(['A', 'bb', 'x'])
    await expect(pachd.read(repo, '/new')).rejects.toThrow('not found')
  })

  test('of a read-only mount is refused with a code', async () => {
    await server.call('PUT', '/_mount', { mounts: [{ name: 'ro', repo }] })

    expect(await server.call('PUT', '/mounts/ro/_discard', {})).toMatchObject({ status: 403, text: expect.stringContaining('"READ_ONLY"') as string })
  })
})

describe('several mounts for writing', () => {
  test('of names that begin alike, of one branch and of two do not disturb each other', async () => {
    await mount('w2')
    await mount('other', { branch: 'other' })
    await server.write('/w/f', 'of w')
    await server.write('/w2/g', 'of w2')
    await server.write('/other/h', 'of other')

    await server.call('PUT', '/_commit', { mount: 'w' })

    expect(await pachd.read(repo, '/f')).toBe('of w')
    await expect(pachd.read(repo, '/g')).rejects.toThrow('not found')
    expect([(await entry('w'))['uncommitted'], (await entry('w2'))['uncommitted'], (await entry('other'))['uncommitted']]).toEqual([undefined, { added: 1, changed: 0, deleted: 0 }, { added: 1, changed: 0, deleted: 0 }])
    await server.call('PUT', '/_unmount_all')
    expect([await pachd.read(repo, '/f'), await pachd.read(repo, '/g')]).toEqual(['of w', 'of w2'])
  })

  test('a mount shows its own commit after it', async () => {
    await server.write('/w/f', 'f')

    await server.call('PUT', '/_commit', { mount: 'w' })

    expect(await entry()).toMatchObject({ how_many_commits_behind: 0, status: expect.stringContaining('up to date') as string })
  })
})

describe('a server that starts again', () => {
  test('mounts what the last one left, as it was, and says so', async () => {
    const folder = await mkdtemp(join(pachd.folder, 'server-'))
    server = await serve(folder)
    await mount('w', { paths: ['/a'] })
    await server.write('/w/a', 'kept')
    const before = await entry()
    await server.mounts.keepAll()
    await server.stop()
    await pachd.commit(repo, { '/later': 'l' })

    server = await serve(folder)
    await server.mounts.resume()

    expect(await entry()).toMatchObject({ name: 'w', repo, mode: 'rw', paths: ['/a'], commit: before['commit'], uncommitted: { added: 0, changed: 1, deleted: 0 }, how_many_commits_behind: 1 })
    expect(await server.names('/w')).toEqual(['a'])
    await server.call('PUT', '/_unmount_all')
    expect(await pachd.read(repo, '/a')).toBe('kept')
  })

  test('leaves what belongs to another cluster alone until that is connected', async () => {
    const folder = await mkdtemp(join(pachd.folder, 'server-'))
    const other = await testPachd()
    onTestFinished(() => other.stop())
    server = await serve(folder)
    await mount('w')
    await server.write('/w/a', 'kept')
    await server.mounts.keepAll()
    await server.stop()

    const elsewhere = await serveApp({ config: other.config, folder })
    await elsewhere.mounts.resume()
    expect((await elsewhere.call('GET', '/mounts')).json()).toMatchObject({ mounted: [] })
    await elsewhere.stop()
    server = await serve(folder)
    await server.mounts.resume()

    expect((await entry())['uncommitted']).toEqual({ added: 0, changed: 1, deleted: 0 })
  })
})
