import { createHash, randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'

import { testPachd, type TestPachd } from './running-server.js'
import { serveApp, type ServingApp } from './serving-app.js'

let pachd: TestPachd
let server: ServingApp
let repoNumber = 0

beforeAll(async () => {
  pachd = await testPachd()
})
afterAll(() => pachd.stop())
beforeEach(async () => {
  server = await serveApp({ config: pachd.config, folder: pachd.folder })
})
afterEach(() => server.stop())

async function mount(files: Record<string, string>, mode: 'ro' | 'rw' = 'ro'): Promise<string> {
  const repo = `files${String(repoNumber++)}`
  await pachd.repo(repo, files)
  expect((await server.call('PUT', '/_mount', { mounts: [{ name: 'm', repo, mode }] })).status).toBe(200)
  return repo
}

const get = (url: string, headers: Record<string, string> = {}) => server.app.inject({ method: 'GET', url, headers })
const put = (url: string, payload: Buffer | Readable | string, headers: Record<string, string> = {}) => server.app.inject({ method: 'PUT', url, payload, headers })
const remove = (url: string) => server.app.inject({ method: 'DELETE', url })

describe('reading', () => {
  test('a file comes with its type, its length and a tag by which it is not sent again', async () => {
    await mount({ '/a/b.csv': 'x,y\n1,2\n' })

    const whole = await get('/files/m/a/b.csv')

    expect(whole).toMatchObject({ statusCode: 200, body: 'x,y\n1,2\n' })
    expect(whole.headers).toMatchObject({ 'content-type': 'text/csv', 'content-length': '8', 'accept-ranges': 'bytes' })
    const again = await get('/files/m/a/b.csv', { 'if-none-match': String(whole.headers.etag) })
    expect(again).toMatchObject({ statusCode: 304, body: '' })
  })

  test.each([
    ['ro', 'GET, HEAD'],
    ['rw', 'GET, HEAD, PUT, DELETE'],
  ] as const)('files and directories of a mount with mode %s say what is allowed with them', async (mode, allowed) => {
    await mount({ '/d/a': '1' }, mode)

    expect([(await get('/files/m/d/a')).headers.allow, (await get('/files/m/d/')).headers.allow]).toEqual([allowed, allowed])
  })

  test('another commit gives a file another tag', async () => {
    const repo = await mount({ '/a': 'one' })
    const before = await get('/files/m/a')
    await pachd.commit(repo, { '/b': 'two' })
    await server.call('PUT', '/_unmount', { mounts: ['m'] })
    await server.call('PUT', '/_mount', { mounts: [{ name: 'm', repo }] })

    expect((await get('/files/m/a', { 'if-none-match': String(before.headers.etag) })).statusCode).toBe(200)
  })

  test.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=0-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=0-1,4-5', 200, '0123456789', undefined],
    ['lines=1-2', 200, '0123456789', undefined],
    ['nonsense', 200, '0123456789', undefined],
  ])('the range %s is answered with %i', async (range, status, body, contentRange) => {
    await mount({ '/a': '0123456789' })

    const response = await get('/files/m/a', { range })

    expect(response).toMatchObject({ statusCode: status, body })
    expect(response.headers['content-range']).toBe(contentRange)
  })

  test('a range behind the end is 416, and an old If-Range gets all of the file', async () => {
    await mount({ '/a': '0123456789' })

    expect(await get('/files/m/a', { range: 'bytes=10-' })).toMatchObject({ statusCode: 416 })
    expect(await get('/files/m/a', { range: 'bytes=1-2', 'if-range': '"old"' })).toMatchObject({ statusCode: 200, body: '0123456789' })
  })

  test('a range comes from the version that If-Match names, or is 412: never from another one', async () => {
    const repo = await mount({ '/a': '0123456789', '/b': 'b' })
    const { etag, 'pachyderm-commit': commit } = (await get('/files/m/a')).headers
    await pachd.commit(repo, { '/a': 'abcdefghij' })
    await server.call('PUT', '/mounts/m/_update')

    const moved = await get('/files/m/a', { range: 'bytes=5-', 'if-match': String(etag) })
    const pinned = await get(`/files/m/a?commit=${String(commit)}`, { range: 'bytes=5-', 'if-match': String(etag) })

    expect([moved.statusCode, moved.json<{ code: string }>().code]).toEqual([412, 'CHANGED'])
    expect([pinned.statusCode, pinned.body]).toEqual([206, '56789'])
    expect((await get('/files/m/a', { range: 'bytes=5-', 'if-match': '*' })).body).toBe('56789abcdefghij')
  })

  test('the pages of a directory come from the commit that the query names', async () => {
    const repo = await mount({ '/d/a': '1', '/d/b': '2' })
    const first = await get('/files/m/d/?limit=1')
    await pachd.commit(repo, { '/d/c': '3' })
    await server.call('PUT', '/mounts/m/_update')

    const { entries, total } = (await get(`/files/m/d/?after=a&commit=${String(first.headers['pachyderm-commit'])}`)).json<{ entries: { name: string }[]; total: number }>()

    expect([entries.map(({ name }) => name), total]).toEqual([['b'], 2])
    expect((await get('/files/m/d/')).json()).toMatchObject({ total: 3 })
  })

  test('a commit that pachd does not have is GONE, and no commit id is 400', async () => {
    await mount({ '/a': '1' })

    expect((await get(`/files/m/a?commit=${'0'.repeat(12)}4${'0'.repeat(19)}`)).json()).toMatchObject({ code: 'GONE' })
    expect((await get('/files/m/a?commit=master')).json()).toMatchObject({ code: 'BAD_REQUEST' })
  })

  test('another repo below the same name is another version, also at a commit of the same id', async () => {
    await mount({ '/a': '1' })
    const before = (await get('/files/m/a')).headers.etag
    await server.call('PUT', '/_unmount', { mounts: ['m'] })
    await mount({ '/a': '2' })

    expect((await get('/files/m/a', { 'if-match': String(before) })).statusCode).toBe(412)
  })

  test('a file that is written keeps its tag over a commit, and has another one after each change of as many bytes', async () => {
    await mount({ '/a': '0123456789' }, 'rw')
    const tag = async () => (await get('/files/m/a')).headers.etag
    const committed = await tag()
    await put('/files/m/a', 'abcdefghij')
    const written = await tag()
    await server.call('PUT', '/_commit', { mount: 'm' })

    expect(await tag()).toBe(written)
    const handle = await server.fileSystem.open('/m/a', { write: true })
    await server.fileSystem.write(handle, 0, Buffer.from('A'))
    await server.fileSystem.release(handle)
    expect(new Set([committed, written, await tag()]).size).toBe(3)
    expect((await get('/files/m/a', { range: 'bytes=0-1', 'if-match': String(written) })).statusCode).toBe(412)
  })

  test('a file that is written while it is sent breaks off instead of ending with other bytes', async () => {
    await mount({ '/old': '' }, 'rw')
    await put('/files/m/big', 'x'.repeat(32 * 1024 * 1024))
    const address = await server.app.listen({ host: '127.0.0.1', port: 0 })
    const body = (await fetch(`${address}/files/m/big`)).body?.getReader()
    const first = await body?.read()
    const handle = await server.fileSystem.open('/m/big', { write: true })
    await server.fileSystem.write(handle, 32 * 1024 * 1024 - 1, Buffer.from('y'))
    await server.fileSystem.release(handle)

    const rest = (async () => {
      while (!(await body?.read())?.done);
    })()

    expect(first?.done).toBe(false)
    await expect(rest).rejects.toThrow()
    await vi.waitFor(() => expect(server.fileSystem.openCount).toBe(0))
  })

  test('HEAD says the length and sends nothing', async () => {
    await mount({ '/a': '0123456789' })

    const response = await server.app.inject({ method: 'HEAD', url: '/files/m/a' })

    expect(response).toMatchObject({ statusCode: 200, body: '' })
    expect(response.headers['content-length']).toBe('10')
  })

  test('T22: a page in a repo may not act in the name of the user, and odd names survive saving', async () => {
    await mount({ [`/a; "b" 'c'.html`]: '<script>1</script>' })

    const { headers } = await get('/files/m/a%3B%20%22b%22%20%27c%27.html?download=true')

    expect(headers['content-security-policy']).toContain('sandbox')
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['content-disposition']).toBe(`attachment; filename="a; _b_ 'c'.html"; filename*=UTF-8''a%3B%20%22b%22%20%27c%27.html`)
  })

  test('a refusal has a code', async () => {
    await mount({ '/a': '1' })

    expect((await get('/files/none/a')).json()).toMatchObject({ code: 'NOT_MOUNTED', message: expect.stringContaining('none') as string })
    expect(await get('/files/m/none')).toMatchObject({ statusCode: 404 })
    expect((await get('/files/m/a%2Fb')).json()).toMatchObject({ code: 'BAD_REQUEST' })
    expect((await put('/files/m/a', 'x')).json()).toMatchObject({ code: 'READ_ONLY' })
    expect((await remove('/files/m/a')).json()).toMatchObject({ code: 'READ_ONLY' })
  })

  test('a running download is among the transfers until all of it is taken', async () => {
    await mount({ '/big': 'x'.repeat(8 * 1024 * 1024) })
    const response = await server.app.inject({ method: 'GET', url: '/files/m/big', payloadAsStream: true })

    expect((await get('/transfers')).json()).toMatchObject({ transfers: expect.arrayContaining([{ id: 1, kind: 'read', mount: 'm', path: '/big', started: expect.any(String) as string, done_bytes: expect.any(Number) as number, total_bytes: 8 * 1024 * 1024 }]) as object[] })

    response.stream().resume()
    await vi.waitFor(async () => expect((await get('/transfers')).json()).toEqual({ transfers: [] }))
    expect(server.fileSystem.openCount).toBe(0)
  })

  test('what pachd sends of a large file that is read through the mount is a transfer until it is closed', async () => {
    await mount({ '/big': 'x'.repeat(8 * 1024 * 1024) })
    const handle = await server.fileSystem.open('/m/big')
    await server.fileSystem.read(handle, 0, 1000)

    const { transfers } = (await get('/transfers')).json<{ transfers: { done_bytes: number }[] }>()
    expect(transfers).toEqual([{ id: 1, kind: 'fetch', mount: 'm', path: '/big', started: expect.any(String) as string, done_bytes: expect.any(Number) as number, total_bytes: 8 * 1024 * 1024 }])
    expect(transfers[0]?.done_bytes).toBeGreaterThanOrEqual(1000)

    await server.fileSystem.release(handle)
    await vi.waitFor(async () => expect((await get('/transfers')).json()).toEqual({ transfers: [] }))
  })
})

describe('directories', () => {
  test('a page says where the next one begins, and the pages together are the directory', async () => {
    const names = Array.from({ length: 25 }, (_, index) => `f${String(index).padStart(2, '0')}`)
    await mount({ ...Object.fromEntries(names.map(name => [`/d/${name}`, name])), '/d/sub/x': '' })

    const seen: string[] = []
    let after: string | null = ''
    while (after !== null) {
      const page: { entries: { name: string }[]; next: string | null; total: number } = (await get(`/files/m/d/?limit=10${after === '' ? '' : `&after=${after}`}`)).json()
      expect(page.total).toBe(26)
      seen.push(...page.entries.map(({ name }) => name))
      after = page.next
    }

    expect(seen).toEqual([...names, 'sub'])
    expect((await get('/files/m/d/?limit=10&partial=true')).json()).toMatchObject({ total: 26, next: 'f09' })
  })

  test('entries have a kind, a size and a time; a search leaves the others out', async () => {
    await mount({ '/Report.csv': '123', '/notes.txt': '', '/reports/x': '' })

    expect((await get('/files/m?search=report')).json()).toMatchObject({
      path: '/m',
      writable: false,
      entries: [
        { name: 'Report.csv', kind: 'file', size_bytes: 3, modified: expect.stringMatching(/^\d{4}-.*Z$/) as string },
        { name: 'reports', kind: 'directory', size_bytes: 0 },
      ],
      total: 2,
      next: null,
    })
  })

  test.each(['limit=0', 'limit=x', 'limit=10001', 'download=maybe'])('the query %s is 400', async query => {
    await mount({ '/a': '1' })

    expect((await get(`/files/m/?${query}`)).json()).toMatchObject({ code: 'BAD_REQUEST' })
  })
})

describe('writing', () => {
  test('what is uploaded can be read back, is committed, and can be of any size and type', async () => {
    const repo = await mount({ '/old': '1' }, 'rw')
    const bytes = randomBytes(9 * 1024 * 1024)

    const written = await put('/files/m/new/deep/data.bin', Readable.from([bytes.subarray(0, 1000), bytes.subarray(1000)]), { 'content-type': 'application/json' })

    expect(written.json()).toEqual({ path: '/m/new/deep/data.bin', kind: 'file', size_bytes: bytes.length })
    expect(digest((await get('/files/m/new/deep/data.bin')).rawPayload)).toBe(digest(bytes))
    await put('/files/m/small', 'text')
    await put('/files/m/old', '')
    expect((await server.call('PUT', '/_commit', { mount: 'm' })).status).toBe(200)
    expect([await pachd.read(repo, '/small'), await pachd.read(repo, '/old')]).toEqual(['text', ''])
    expect((await server.names('/m')).sort()).toEqual(['new', 'old', 'small'])
  })

  test('a file that is saved again keeps its mode, so that a private one stays private', async () => {
    await mount({ '/private': '1' }, 'rw')
    await server.fileSystem.change('/m/private', { mode: 0o600 })

    await put('/files/m/private', 'second')
    await put('/files/m/new', 'first')

    expect([(await server.fileSystem.stat('/m/private')).mode, (await server.fileSystem.stat('/m/new')).mode]).toEqual([0o600, undefined])
  })

  test('an upload that breaks off leaves the file of before, and nothing beside it', async () => {
    await mount({ '/a': 'before' }, 'rw')
    const address = new URL(await server.app.listen({ host: '127.0.0.1', port: 0 }))
    const socket = connect(Number(address.port), address.hostname)
    socket.write('PUT /files/m/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf')
    await vi.waitFor(async () => expect((await get('/transfers')).json()).toMatchObject({ transfers: [{ kind: 'upload', done_bytes: 4, total_bytes: 1000 }] }), 10_000)

    socket.destroy()

    await vi.waitFor(async () => expect((await get('/transfers')).json()).toEqual({ transfers: [] }), 10_000)
    expect((await get('/files/m/a')).body).toBe('before')
    expect(await server.names('/m')).toEqual(['a'])
  })

  test('conditions keep one writer from undoing another', async () => {
    await mount({ '/a': '1' }, 'rw')
    const { etag } = (await get('/files/m/a')).headers

    expect((await put('/files/m/a', 'x', { 'if-none-match': '*' })).json()).toMatchObject({ code: 'ALREADY_EXISTS' })
    expect((await put('/files/m/a', 'second', { 'if-match': String(etag) })).statusCode).toBe(200)
    expect((await put('/files/m/a', 'third', { 'if-match': String(etag) })).json()).toMatchObject({ code: 'CONFLICT' })
    expect((await get('/files/m/a')).body).toBe('second')
  })

  test('directories are made with a slash at the end, and deleted with what is in them when that is asked for', async () => {
    await mount({ '/a/b/c': '1', '/keep': '' }, 'rw')
    expect((await put('/files/m/made/here/', '')).json()).toEqual({ path: '/m/made/here', kind: 'directory', size_bytes: 0 })

    expect((await remove('/files/m/a')).json()).toMatchObject({ code: 'CONFLICT' })
    expect((await remove('/files/m/a?recursive=true')).statusCode).toBe(200)
    expect((await remove('/files/m/keep')).statusCode).toBe(200)
    expect(await server.names('/m')).toEqual(['made'])
  })

  test('a directory is not overwritten by a file', async () => {
    await mount({ '/a/b': '1' }, 'rw')

    expect((await put('/files/m/a', 'x')).json()).toMatchObject({ code: 'BAD_REQUEST' })
    expect((await put('/files/m/a/b/c', 'x')).json()).toMatchObject({ code: 'BAD_REQUEST' })
  })
})

describe('renaming', () => {
  const rename = (body: object) => server.call('PUT', '/mounts/m/_rename', body)

  test('a file and a directory get another path, which the next commit has', async () => {
    const repo = await mount({ '/a.txt': '1', '/plots/one.png': '2', '/kept/x': '3' }, 'rw')

    expect((await rename({ from: '/a.txt', to: '/kept/b.txt' })).json()).toEqual({ path: '/m/kept/b.txt', kind: 'file', size_bytes: 1 })
    expect((await rename({ from: 'plots', to: 'figures/' })).json()).toEqual({ path: '/m/figures', kind: 'directory', size_bytes: 0 })

    const { changes } = (await get('/mounts/m/changes')).json<{ changes: { path: string; change: string }[] }>()
    expect(changes.map(({ path, change }) => `${change} ${path}`)).toEqual(['deleted /a.txt', 'added /figures/', 'added /kept/b.txt', 'deleted /plots/'])
    expect((await server.call('PUT', '/_commit', { mount: 'm' })).status).toBe(200)
    expect([await pachd.read(repo, '/kept/b.txt'), await pachd.read(repo, '/figures/one.png')]).toEqual(['1', '2'])
  })

  test('what stands at the new path is replaced only when that is asked for', async () => {
    await mount({ '/a': 'new', '/b': 'old', '/d/x': '' }, 'rw')

    expect((await rename({ from: '/a', to: '/b' })).json()).toMatchObject({ code: 'ALREADY_EXISTS' })
    expect((await rename({ from: '/d', to: '/b', replace: true })).json()).toMatchObject({ code: 'BAD_REQUEST' })
    expect((await get('/files/m/b')).body).toBe('old')
    expect((await rename({ from: '/a', to: '/b', replace: true })).status).toBe(200)
    expect((await get('/files/m/b')).body).toBe('new')
    expect((await server.names('/m')).sort()).toEqual(['b', 'd'])
  })

  test.each([
    ['what is not there', { from: '/none', to: '/b' }, 'NOT_FOUND'],
    ['what is not there, to its own name', { from: '/none', to: '/none' }, 'NOT_FOUND'],
    ['into a directory that is not there', { from: '/a', to: '/none/a' }, 'NOT_FOUND'],
    ['a directory into itself', { from: '/d', to: '/d/e' }, 'BAD_REQUEST'],
    ['below a file', { from: '/d', to: '/a/d' }, 'BAD_REQUEST'],
    ['the mount itself', { from: '/', to: '/b' }, 'BAD_REQUEST'],
    ['to the mount itself', { from: '/a', to: '' }, 'BAD_REQUEST'],
    ['out of the mount', { from: '/a', to: '/../other/a' }, 'BAD_REQUEST'],
    ['from outside of the mount', { from: '/../other/a', to: '/b' }, 'BAD_REQUEST'],
    ['to a name that no file can have', { from: '/a', to: '/b\0' }, 'BAD_REQUEST'],
    ['to a name that is no Unicode', { from: '/a', to: '/b\ud800' }, 'BAD_REQUEST'],
    ['to a name that is too long', { from: '/a', to: `/${'n'.repeat(256)}` }, 'BAD_REQUEST'],
    ['to nothing', { from: '/a' }, 'BAD_REQUEST'],
  ])('%s is refused, and everything stays', async (_what, body, code) => {
    await mount({ '/a': '1', '/d/x': '2' }, 'rw')

    expect((await rename(body)).json()).toMatchObject({ code })
    expect((await server.names('/m')).sort()).toEqual(['a', 'd'])
    expect((await get('/mounts/m/changes')).json()).toMatchObject({ changes: [] })
  })

  test('in a mount that is read-only, and where nothing is mounted, it is refused', async () => {
    await mount({ '/a': '1' })

    expect((await rename({ from: '/a', to: '/b' })).json()).toMatchObject({ code: 'READ_ONLY' })
    expect((await server.call('PUT', '/mounts/none/_rename', { from: '/a', to: '/b' })).json()).toMatchObject({ code: 'NOT_MOUNTED' })
  })

  test('to a name that pachd refuses, it is listed with the reason, as a program could do it, too', async () => {
    await mount({ '/a': '1' }, 'rw')

    expect((await rename({ from: '/a', to: '/a*' })).status).toBe(200)
    expect((await get('/mounts/m/changes')).json()).toMatchObject({ changes: [{ path: '/a', change: 'deleted' }, { path: '/a*', change: 'added', refusal: expect.stringContaining('*') as string }] })
  })
})

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
