/**
 * What was wrong in the original mount-server, one test for each defect that a client or a program on the mount meets. Those of datums
 * (W5, W6, W7, W14, R5) are in datums.test.ts; a kill, a stop and a busy mount (D2, D3, R8, R9) in kills/ and stopping.test.ts; the network
 * and other users (S1 to S6, R12) in security.test.ts; large files, many files and many repos (P1 to P9) in the tests of mount-fs and
 * in tools/load. Two are kept, because clients know them: a branch that a pipeline writes can be mounted for writing (D12), and a
 * mount that is asked for in another mode stays as it is (W9).
 */
import { branchReference } from '@jupyterlab-pachyderm/pachd-client'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'

import { type PachdBorder, startPachdBorder } from './pachd-border.js'
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
  repo = `defects${String(repos++)}`
  await pachd.repo(repo, { '/a': 'aaaa', '/b': 'bb', '/d/x': 'x' })
  server = await serve()
})

async function serve(config = pachd.config): Promise<ServingApp> {
  const served = await serveApp({ config, folder: await mkdtemp(join(pachd.folder, 'server-')) })
  onTestFinished(() => served.stop())
  return served
}

/** A server that reaches pachd through a border, which can answer in the place of pachd. */
async function serveBehindBorder(): Promise<PachdBorder> {
  const border = await startPachdBorder(pachd.pachd.address)
  onTestFinished(() => border.stop())
  const config = join(await mkdtemp(join(pachd.folder, 'config-')), 'config.json')
  await writeFile(config, JSON.stringify({ v2: { active_context: 'c', contexts: { c: { pachd_address: border.address } } } }), { mode: 0o600 })
  server = await serve(config)
  return border
}

const mount = (name: string, spec: Record<string, unknown> = {}) => server.call('PUT', '/_mount', { mounts: [{ name, repo, ...spec }] })
const commit = (name: string) => server.call('PUT', '/_commit', { mount: name })
const unmount = (name: string) => server.call('PUT', '/_unmount', { mounts: [name] })

async function mounted(): Promise<Record<string, unknown>[]> {
  return (await server.call('GET', '/mounts')).json()['mounted'] as Record<string, unknown>[]
}

async function commits(): Promise<number> {
  const { commits: found } = (await server.call('GET', `/repos/default/${repo}/commits?branch=master`)).json() as { commits: unknown[] }
  return found.length
}

async function read(path: string): Promise<string> {
  const handle = await server.fileSystem.open(path)
  const { sizeBytes } = await server.fileSystem.stat(path)
  const bytes = await server.fileSystem.read(handle, 0, sizeBytes)
  await server.fileSystem.release(handle)
  return Buffer.from(bytes).toString()
}

/** Writes into the beginning of a file that is there. */
async function overwrite(path: string, text: string): Promise<void> {
  const handle = await server.fileSystem.open(path, { write: true })
  await server.fileSystem.write(handle, 0, Buffer.from(text))
  await server.fileSystem.release(handle)
}

describe('what was lost or damaged', () => {
  beforeEach(() => mount('w', { mode: 'rw' }))

  test('D1: a file that nobody has read keeps its bytes when it is renamed, and so do those of a directory', async () => {
    await server.fileSystem.rename('/w/a', '/w/moved')
    await server.fileSystem.rename('/w/d', '/w/e')

    expect([await read('/w/moved'), await read('/w/e/x')]).toEqual(['aaaa', 'x'])
    expect((await commit('w')).status).toBe(200)
    expect([await pachd.read(repo, '/moved'), await pachd.read(repo, '/e/x')]).toEqual(['aaaa', 'x'])
    await expect(pachd.read(repo, '/a')).rejects.toThrow('not found')
  })

  test('D1: saving by a new file that takes the place of the old one is in the commit', async () => {
    await server.write('/w/.a.swp', 'saved')
    await server.fileSystem.rename('/w/.a.swp', '/w/a')

    expect((await commit('w')).status).toBe(200)
    expect(await pachd.read(repo, '/a')).toBe('saved')
  })

  test('D4: all who open one file at the same time read all of it', async () => {
    await mount('r')

    expect(await Promise.all(Array.from({ length: 40 }, () => read('/r/a')))).toEqual(Array.from({ length: 40 }, () => 'aaaa'))
  })

  test('D5: a read that failed leaves the file as large as it is', async () => {
    const border = await serveBehindBorder()
    await mount('r')
    // The message of a google.protobuf.BytesValue with half of the file.
    border.answer('/pfs_v2.API/GetFile', Buffer.from([0x0a, 2, 0x61, 0x61]))

    await expect(read('/r/a')).rejects.toMatchObject({ code: 'EIO' })

    expect((await server.fileSystem.stat('/r/a')).sizeBytes).toBe(4)
  })

  test('D6: opening a file for writing keeps what was changed here', async () => {
    await server.fileSystem.truncate('/w/a', 2)
    await server.fileSystem.rename('/w/b', '/w/c')

    await overwrite('/w/a', 'A')
    await overwrite('/w/c', 'B')

    expect([await read('/w/a'), await read('/w/c')]).toEqual(['Aa', 'Bb'])
  })

  test('D7: a file that is written while a commit runs is in it as it was, or as it is, and not half of each', async () => {
    await server.write('/w/big', '0'.repeat(3_000_000))

    const committing = commit('w')
    await overwrite('/w/big', '1'.repeat(3_000_000))
    await committing

    expect(new Set(await pachd.read(repo, '/big')).size).toBe(1)
    expect((await commit('w')).status).toBe(200)
    expect(new Set(await pachd.read(repo, '/big'))).toEqual(new Set('1'))
  })

  test('D8: what is written in a mount goes to its own branch, also when another name begins alike', async () => {
    await pachd.repo(`${repo}2`, { '/a': '2' })
    await server.call('PUT', '/_mount', { mounts: [{ name: 'w2', repo: `${repo}2`, mode: 'rw' }] })
    await server.write('/w/one', '1')
    await server.write('/w2/two', '2')

    expect((await commit('w')).status).toBe(200)

    await expect(pachd.read(`${repo}2`, '/two')).rejects.toThrow('not found')
    expect(await read('/w2/two')).toBe('2')
  })

  test('D9: what was committed once is not sent again over what others changed meanwhile', async () => {
    await server.write('/w/a', 'mine')
    await commit('w')
    await pachd.commit(repo, { '/a': '+theirs' })
    await server.write('/w/more', 'more')

    expect((await commit('w')).status).toBe(200)

    expect(await pachd.read(repo, '/a')).toBe('mine+theirs')
  })

  test('D10: without changes neither a commit nor an unmount makes one', async () => {
    const before = await commits()
    await read('/w/a')

    await commit('w')
    await unmount('w')

    expect(await commits()).toBe(before)
  })

  test('D11: after a commit that failed the mount is as before, and the next one works', async () => {
    await server.write('/w/bad[1]', 'kept')
    expect((await commit('w')).status).toBe(500)
    expect((await mounted()).map(({ name, state }) => [name, state])).toEqual([['w', 'mounted']])

    await server.fileSystem.rename('/w/bad[1]', '/w/good')
    expect((await commit('w')).status).toBe(200)

    expect(await pachd.read(repo, '/good')).toBe('kept')
  })

  test('D13, D14: what is written to /pfs/out goes nowhere, and keeps no other mount from being committed', async () => {
    await pachd.client.pfs.createRepo({ repo: { name: 'out', type: 'user', project: { name: 'default' } } }).catch(() => undefined)
    await server.write('/w/new', 'new')
    expect((await server.call('PUT', '/datums/_mount', { input: { pfs: { repo, glob: '/*' } } })).status).toBe(200)
    await server.write('/out/result', 'result')

    expect((await server.call('PUT', '/_unmount_all')).status).toBe(200)

    expect(await pachd.read(repo, '/new')).toBe('new')
    await expect(pachd.client.pfs.inspectBranch({ branch: branchReference({ repo: 'out', branch: 'master' }) })).rejects.toMatchObject({ message: expect.stringContaining('not found') as string })
  })

  test('D15: nothing can be made beside the mounts', async () => {
    await expect(server.write('/beside', 'x')).rejects.toMatchObject({ code: expect.stringMatching(/^E(PERM|ROFS|ACCES)$/) as string })
  })

  test('D16: a read-only mount cannot be changed by path either', async () => {
    await mount('r')

    await expect(server.fileSystem.truncate('/r/a', 0)).rejects.toMatchObject({ code: 'EROFS' })
    expect(await read('/r/a')).toBe('aaaa')
  })
})

describe('what was answered wrongly', () => {
  test('W1: a name that was looked for before it was mounted is there afterwards', async () => {
    await expect(server.fileSystem.stat('/m')).rejects.toMatchObject({ code: 'ENOENT' })

    await mount('m')

    expect(await server.names('/m')).toEqual(['a', 'b', 'd'])
  })

  test('W2, W12: the answer to a mount has it with the directory where it is, and its files can be read at once', async () => {
    const answer = await mount('m')

    expect(answer.json()['mounted']).toEqual([expect.objectContaining({ name: 'm', state: 'mounted', mountpoint: '/pfs/m' })])
    expect(await read('/m/a')).toBe('aaaa')
  })

  test('W3: when pachd does not answer a mount stays', async () => {
    const other = await testPachd()
    onTestFinished(() => other.stop())
    await other.repo(repo, { '/a': 'aaaa' })
    server = await serve(other.config)
    await mount('m')
    await other.pachd.stop()

    await server.call('GET', '/mounts')

    expect(server.fileSystem.mounts.listedNames()).toEqual(['m'])
  })

  test('W4: after its own commit a mount is up to date; an empty branch shows what was committed', async () => {
    await mount('w', { mode: 'rw', branch: 'fresh' })
    await server.write('/w/first', '1')

    await commit('w')

    expect(await mounted()).toEqual([expect.objectContaining({ how_many_commits_behind: 0, status: expect.stringContaining('up to date') as string })])
    expect(await server.names('/w')).toEqual(['first'])
  })

  test('W8: a branch that is mounted can be asked for again after its head has moved', async () => {
    await mount('m')
    await pachd.commit(repo, { '/b': '+' })

    expect((await mount('m')).status).toBe(200)
    expect(await mounted()).toEqual([expect.objectContaining({ how_many_commits_behind: 1 })])
  })

  test('W11: the time of a file is that of its commit', async () => {
    await mount('m')
    const { commit: id } = (await mounted())[0] as { commit: string }
    const { finishing } = await pachd.client.pfs.inspectCommit({ commit: { repo: branchReference({ repo, branch: 'master' }).repo, branch: branchReference({ repo, branch: 'master' }), id } })

    expect(Math.floor((await server.fileSystem.stat('/m/a')).modifiedMs / 1000)).toBe(finishing?.seconds)
  })

  test('W13: a logout ends the show of datums', async () => {
    await server.call('PUT', '/datums/_mount', { input: { pfs: { repo, glob: '/*' } } })
    expect((await server.call('GET', '/datums')).json()).toMatchObject({ num_datums: 3 })

    await server.call('PUT', '/auth/_logout')

    expect((await server.call('GET', '/datums')).json()).toMatchObject({ num_datums: 0 })
  })

  test('W15: a symbolic link leads where it was made to lead', async () => {
    await mount('w', { mode: 'rw' })
    await server.fileSystem.symlink('../w/./a', '/w/link')

    expect(await server.fileSystem.readlink('/w/link')).toBe('../w/./a')
  })
})

describe('what hung or ended the server', () => {
  test('R1: a repo that is deleted while it is mounted for writing does not keep the list waiting', async () => {
    await mount('w', { mode: 'rw' })
    await server.write('/w/new', 'new')
    await pachd.client.pfs.deleteRepo({ repo: { name: repo, type: 'user', project: { name: 'default' } }, force: true })

    expect(await mounted()).toEqual([])
    expect((await server.call('GET', '/health')).status).toBe(200)
  })

  test('R2, R3, R4: mounting, writing, committing and unmounting at the same time all get their answers', async () => {
    await mount('w', { mode: 'rw' })
    const names = Array.from({ length: 12 }, (_, index) => `m${String(index)}`)

    const answers = await Promise.all([
      ...names.map(name => mount(name)), ...names.map(name => server.write(`/w/${name}`, name).then(() => ({ status: 200 }))), commit('w'), server.call('GET', '/mounts'), ...names.map(name => unmount(name)), commit('w'), server.call('GET', '/mounts'),
    ])

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect((await mounted()).map(({ name }) => name)).toEqual(['w'])
    await commit('w')
    expect(await pachd.read(repo, '/m11')).toBe('m11')
  })

  test('R5, R6: an unmount that is followed at once by a mount of the name is answered as both', async () => {
    await mount('m')

    for (let round = 0; round < 10; round++) {
      const [gone, there] = await Promise.all([unmount('m'), mount('m')])
      expect([gone.status, there.status, server.fileSystem.mounts.listedNames()]).toEqual([200, 200, ['m']])
    }
  })

  test('R11: entries that are null, positions that are not there and a login without a cluster are refused, and the server goes on', async () => {
    const alone = await serve(join(pachd.folder, 'no-config.json'))

    expect((await server.call('PUT', '/_mount', { mounts: [null] })).status).toBe(400)
    await server.call('PUT', '/datums/_mount', { input: { pfs: { repo, glob: '/*' } } })
    for (const idx of [-1, 3, 99]) expect((await server.call('PUT', `/_show_datum?idx=${String(idx)}`)).status, String(idx)).toBeGreaterThanOrEqual(400)
    expect((await alone.call('PUT', '/auth/_login_token', { oidc: 's' })).status).toBe(404)

    for (const { call } of [server, alone]) expect((await call('GET', '/health')).status).toBe(200)
  })

  test('R13: a server that was started without a cluster answers everything when it has one', async () => {
    const alone = await serve(join(await mkdtemp(join(pachd.folder, 'config-')), 'config.json'))
    expect((await alone.call('GET', '/repos')).status).toBe(404)

    await alone.call('PUT', '/config', { pachd_address: pachd.client.address })

    for (const url of ['/repos', '/mounts', '/projects', '/datums']) expect((await alone.call('GET', url)).status, url).toBe(200)
  })

  test('R14: a branch without commits can be listed, and mounted for writing', async () => {
    await pachd.client.pfs.createRepo({ repo: { name: `${repo}-empty`, type: 'user', project: { name: 'default' } } })

    expect((await server.call('GET', '/repos')).text).toContain(`${repo}-empty`)
    expect((await server.call('PUT', '/_mount', { mounts: [{ name: 'w', repo: `${repo}-empty`, mode: 'rw' }] })).status).toBe(200)
    expect(await server.names('/w')).toEqual([])
  })
})

describe('what was slow', () => {
  test('P1, P2: a directory is listed and a file is opened without a byte of a content', async () => {
    const border = await serveBehindBorder()
    await mount('m')
    for (const method of ['GetFile', 'GetFileTAR']) border.answer(`/pfs_v2.API/${method}`, new Uint8Array(0), new Promise<void>(() => undefined))

    expect(await server.names('/m')).toEqual(['a', 'b', 'd'])
    expect((await server.fileSystem.stat('/m/d/x')).sizeBytes).toBe(1)
    await server.fileSystem.release(await server.fileSystem.open('/m/a'))
  })
})
