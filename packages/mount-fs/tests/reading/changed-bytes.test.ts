/** Bytes that change between pachd and the mount are noticed by pachd's hash of small files. */
import { commitReference, type PachdClient, PachdError } from '@jupyterlab-pachyderm/pachd-client'
import { createHash } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'

import { CommitTrees, FileReaders } from '../../src/index.js'
import { startBranchPachd } from '../writing/branch-pachd.js'
import { type FaultProxy, startFaultProxy } from './fault-proxy.js'
import { mountedPachd } from './mounted-pachd.js'

/** So often that each piece of the transfer has one that is whole. */
const text = Buffer.from('a sentence that is changed on its way; ')
const repeated = (bytes: number) => Buffer.alloc(bytes, text)
const ALWAYS = Infinity

/** A mount of the files, with a proxy between it and pachd. */
async function mountBehindProxy(files: Record<string, Uint8Array>) {
  let proxy: FaultProxy | undefined
  const mounted = await mountedPachd({
    files: new Map(Object.entries(files)), cacheBytes: 64 << 20,
    through: async address => {
      proxy = await startFaultProxy(address)
      onTestFinished(() => proxy?.stop())
      return proxy.address
    },
  })
  if (!proxy) throw new Error('nothing goes through the proxy')
  return { ...mounted, proxy, path: (name: string) => join(mounted.repos[0] ?? '', name) }
}

describe('a byte that is changed on its way', () => {
  test.each([3000, 400_000, 700_000, 999_999])('of a file of %d bytes is EIO with a line for the log each time, and the file is right when nothing changes it any more', async sizeBytes => {
    const content = repeated(sizeBytes)
    const { path, proxy, failures } = await mountBehindProxy({ '/f': content })
    proxy.changing = { bytes: text, times: ALWAYS }

    await expect(readFile(path('f'))).rejects.toMatchObject({ code: 'EIO' })
    await expect(readFile(path('f'))).rejects.toMatchObject({ code: 'EIO' })
    expect(failures).toContainEqual(expect.objectContaining({ code: 'EIO', message: expect.stringMatching(/\/f of repo@[0-9a-f]{32}: pachd sends other bytes than those that it has hashed$/) as string }))

    proxy.changing = undefined
    expect((await readFile(path('f'))).equals(content)).toBe(true)
  })

  test('is EIO also for a program that reads another part of the file', async () => {
    const { path, proxy } = await mountBehindProxy({ '/f': repeated(900_000) })
    proxy.changing = { bytes: text, times: ALWAYS }
    const file = await open(path('f'))
    onTestFinished(() => file.close())

    await expect(file.read(Buffer.alloc(100), 0, 100, 850_000)).rejects.toMatchObject({ code: 'EIO' })
  })

  test('does no harm when the bytes are right the second time; the log tells of it', async () => {
    const content = repeated(2000)
    const { path, proxy, notices } = await mountBehindProxy({ '/f': content })
    proxy.changing = { bytes: text, times: 1 }

    expect((await readFile(path('f'))).equals(content)).toBe(true)

    expect(notices).toEqual([expect.stringMatching(/^\/f of repo@[0-9a-f]{32}: pachd sent wrong bytes, and right ones when it was asked again$/)])
  })

  test('of one of many files that are fetched together keeps nobody from the others', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `f${String(index).padStart(2, '0')}`)
    const contents = Object.fromEntries(names.map((name, index) => [name, index === 25 ? repeated(1000) : Buffer.from(`${name} is right`)]))
    const { path, proxy } = await mountBehindProxy(Object.fromEntries(Object.entries(contents).map(([name, bytes]) => [`/d/${name}`, bytes])))
    proxy.changing = { bytes: text, times: ALWAYS }

    const read: Record<string, string> = {}
    for (const name of names) read[name] = await readFile(path(`d/${name}`), 'utf8').catch((error: unknown) => (error as NodeJS.ErrnoException).code ?? '')

    expect(read).toEqual({ ...Object.fromEntries(names.map(name => [name, `${name} is right`])), f25: 'EIO' })
  })
})

describe('a pachd whose hashes say nothing', () => {
  /** Reads three files through a client whose pfs part is changed; how often bytes were sent, and what was told. */
  async function readThrough(change: (pfs: PachdClient['pfs']) => Partial<PachdClient['pfs']>) {
    const pachd = await startBranchPachd()
    onTestFinished(() => pachd.stop())
    await pachd.repo('r', { '/a': 'one', '/b': 'two', '/c': repeated(800_000) })
    let transfers = 0
    const getFile: PachdClient['pfs']['getFile'] = (...request) => {
      transfers++
      return pachd.client.pfs.getFile(...request)
    }
    const client = { pfs: { ...pachd.client.pfs, getFile, ...change(pachd.client.pfs) } }
    const notices: string[] = []
    const readers = new FileReaders(client, { onNotice: sentence => notices.push(sentence) })
    const tree = new CommitTrees(client).of({ project: 'default', repo: 'r', branch: 'master', id: (await pachd.head('r')) ?? '' }, 0)
    const read: string[] = []
    for (const [path, sizeBytes] of [['/a', 3], ['/b', 3], ['/c', 800_000]] as const) {
      await tree.list('/')
      const reader = readers.open({ tree, directory: '/', path, sizeBytes })
      read.push(Buffer.from(await reader.read(0, 3)).toString())
      reader.close()
    }
    return { read, transfers, notices }
  }

  const otherRule = (pfs: PachdClient['pfs']): Partial<PachdClient['pfs']> => ({
    async *listFile(...request) {
      for await (const info of pfs.listFile(...request)) yield { ...info, hash: createHash('sha256').update(info.hash).digest() }
    },
  })

  test('because it has another rule is believed, and asked once for each file', async () => {
    expect(await readThrough(otherRule)).toEqual({ read: ['one', 'two', 'a s'], transfers: 3, notices: ['what this pachd sends cannot be compared with its hashes: it hashes files by another rule'] })
  })

  test('because it cannot be asked for its rule is believed, too', async () => {
    const refused = await readThrough(pfs => ({ ...otherRule(pfs), createFileSet: () => Promise.reject(new PachdError('PERMISSION_DENIED', 'no file sets for you')) }))

    expect(refused).toEqual({ read: ['one', 'two', 'a s'], transfers: 3, notices: ['what this pachd sends cannot be compared with its hashes: no file sets for you'] })
  })

  test('because of a break of the connection is an error once, and is asked again', async () => {
    const pachd = await startBranchPachd()
    onTestFinished(() => pachd.stop())
    await pachd.repo('r', { '/a': 'one' })
    let isAway = true
    const pfs = {
      ...pachd.client.pfs,
      async *getFile(...request: Parameters<PachdClient['pfs']['getFile']>) {
        for await (const { value } of pachd.client.pfs.getFile(...request)) yield { value: isAway ? Buffer.from('oNe') : value }
      },
      createFileSet: (...request: Parameters<PachdClient['pfs']['createFileSet']>) => (isAway ? Promise.reject(new PachdError('UNAVAILABLE', 'away')) : pachd.client.pfs.createFileSet(...request)),
    }
    const tree = new CommitTrees({ pfs }).of({ project: 'default', repo: 'r', branch: 'master', id: (await pachd.head('r')) ?? '' }, 0)
    const readers = new FileReaders({ pfs })
    await tree.list('/')
    const reader = readers.open({ tree, directory: '/', path: '/a', sizeBytes: 3 })

    await expect(reader.read(0, 3)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    isAway = false
    expect(Buffer.from(await reader.read(0, 3)).toString()).toBe('one')
  })
})

test('a file that was appended to by another commit has the hash of its bytes', async () => {
  const pachd = await startBranchPachd()
  onTestFinished(() => pachd.stop())
  await pachd.repo('r', { '/a': 'one' })
  const branch = commitReference({ repo: 'r', branch: 'master' })
  await pachd.client.pfs.modifyFile([{ body: { $case: 'setCommit', setCommit: branch } }, { body: { $case: 'addFile', addFile: { path: '/a', source: { $case: 'raw', raw: Buffer.from('two') } } } }])
  const notices: string[] = []
  const tree = new CommitTrees(pachd.client).of({ project: 'default', repo: 'r', branch: 'master', id: (await pachd.head('r')) ?? '' }, 0)
  await tree.list('/')
  const reader = new FileReaders(pachd.client, { onNotice: sentence => notices.push(sentence) }).open({ tree, directory: '/', path: '/a', sizeBytes: 6 })

  expect(Buffer.from(await reader.read(0, 6)).toString()).toBe('onetwo')
  expect(notices).toEqual([])
})
