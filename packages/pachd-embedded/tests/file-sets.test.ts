import { status } from '@grpc/grpc-js'
import { pfs } from '@jupyterlab-pachyderm/pachd-proto'
import { beforeAll, describe, expect, test } from 'vitest'

import { serving } from './serving.js'
import { add, at, codeOf, failureOf, on } from './wire-client.js'

const now = serving()
const create = async (...operations: object[]) => (await now().client.upload(pfs.APIDefinition, pfs.APIDefinition.methods.createFileSet, operations.map(body => ({ body })))).fileSetId
const read = (id: string) => at('__filesets__', id)

beforeAll(() => now().client.createRepo('r'))

describe('a file set', () => {
  test('is read like a commit that has always been finished', async () => {
    const { client } = now()
    const id = await create(add('/d/a', 'one'), add('/b', 'two'))

    expect(await client.inspectCommit(read(id))).toMatchObject({ commit: { id }, finished: { seconds: 0 } })
    expect((await client.walk(read(id))).map(info => info.file?.path)).toEqual(['/', '/b', '/d/', '/d/a'])
    expect((await client.get(read(id), '/d/a')).toString()).toBe('one')
    expect(await failureOf(client.inspectCommit(read('no-such-id')))).toEqual({ code: status.UNKNOWN, text: 'path does not exist' })
  })

  test('is part of every commit that it is added to, whichever is finished first', async () => {
    const { client, pachd } = now()
    const id = await create(add('/shared', 'bytes of both'))
    const commits = [await client.startCommit('r', 'one'), await client.startCommit('r', 'two')]
    for (const commit of commits) await client.pfs('addFileSet', { commit, fileSetId: id })
    // The file set goes, as it does when its time is over.
    await client.pfs('renewFileSet', { fileSetId: id, ttlSeconds: 1 })
    await expect.poll(() => codeOf(client.inspectCommit(read(id))), { timeout: 5000 }).toBe(status.UNKNOWN)
    await pachd.collectGarbage()

    for (const commit of commits) await client.finishCommit(commit)

    for (const commit of commits) {
      expect(await client.inspectCommit(commit)).toMatchObject({ error: '' })
      expect((await client.get(commit, '/shared')).toString()).toBe('bytes of both')
    }
  })

  test('is cut into ranges that hold all its files once', async () => {
    const { client } = now()
    const paths = Array.from({ length: 10 }, (_, i) => `/f${i}`)
    const id = await create(...paths.map(path => add(path, '1234')))

    const { shards } = await client.pfs('shardFileSet', { fileSetId: id, numFiles: 3 })
    const parts = await Promise.all(shards.map(pathRange => client.pfsList('globFile', { commit: read(id), pattern: '/*', pathRange })))

    expect(parts.map(part => part.length)).toEqual([3, 3, 3, 1])
    expect(parts.flat().map(info => info.file?.path)).toEqual(paths)
    expect((await client.pfs('shardFileSet', { fileSetId: id, sizeBytes: 20 })).shards).toHaveLength(2)
    expect((await client.pfs('shardFileSet', { fileSetId: id })).shards).toEqual([{ lower: '', upper: '' }])
  })

  test('of what a commit changed has those changes only', async () => {
    const { client } = now()
    await client.modify(on('r', 'diff'), [add('/old', '1')])
    await client.modify(on('r', 'diff'), [add('/new', '2')])

    const { fileSetId } = await client.pfs('getFileSet', { commit: on('r', 'diff'), type: 'DIFF' })

    expect((await client.walk(read(fileSetId))).map(info => info.file?.path)).toEqual(['/', '/new'])
  })
})

describe('the cache', () => {
  test('keeps values and file sets until they are cleared by the beginning of their tag', async () => {
    const { client, pachd } = now()
    const id = await create(add('/a', 'x'))
    const value = { typeUrl: 'type.googleapis.com/x', value: Buffer.from('v') }
    await client.pfs('putCache', { key: 'k'.repeat(5000), value, fileSetIds: [id], tag: 'job/1' })
    await client.pfs('putCache', { key: 'other', value, tag: 'task/1' })
    await pachd.collectGarbage()

    expect(await client.pfs('getCache', { key: 'k'.repeat(5000) })).toMatchObject({ value: { typeUrl: value.typeUrl } })
    await client.pfs('clearCache', { tagPrefix: 'job/' })
    expect(await codeOf(client.pfs('getCache', { key: 'k'.repeat(5000) }))).toBe(status.NOT_FOUND)
    expect(await codeOf(client.pfs('getCache', { key: 'other' }))).toBeUndefined()
  })
})

describe('the storage', () => {
  test('counts its chunks, all of them or those in a range, and reads them if it is told to', async () => {
    const { client } = now()
    await client.modify(on('r', 'chunks'), [add('/a', 'a chunk of its own'), add('/b', 'and another one')])

    const { chunkObjectCount } = await client.pfs('checkStorage', { readChunkData: true })
    const halves = [{ chunkEnd: Buffer.from([0x80]) }, { chunkBegin: Buffer.from([0x80]) }]
    const counts = await Promise.all(halves.map(half => client.pfs('checkStorage', half)))

    expect(chunkObjectCount).toBeGreaterThanOrEqual(2)
    expect(counts.reduce((sum, half) => sum + half.chunkObjectCount, 0)).toBe(chunkObjectCount)
  })

  test.each([
    ['egress', () => now().client.pfs('egress'), /does not write to object stores/],
    ['forgetting a commit', () => now().client.pfs('forgetCommit'), /squash or drop/],
    ['exporting a file', () => now().client.pfsList('getFile', { file: { commit: on('r', 'chunks'), path: '/a' }, URL: 's3://x' }), /object store/],
  ])('says that there is no %s', async (_, call, text) => {
    const failure = await failureOf(call())

    expect(failure.code).toBe(status.UNIMPLEMENTED)
    expect(failure.text).toMatch(text)
  })
})
