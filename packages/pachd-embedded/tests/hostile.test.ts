import { mkdtempSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { status } from '@grpc/grpc-js'
import { admin, auth, enterprise, grpcMethod, health, identity, license, pfs, pps, transaction, version } from '@jupyterlab-pachyderm/pachd-proto'
import type { MethodDescription } from '@jupyterlab-pachyderm/pachd-proto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { startEmbeddedPachd } from '../src/index.js'
import type { EmbeddedPachd } from '../src/index.js'
import { WireClient, add, codeOf, on } from './wire-client.js'

let pachd: EmbeddedPachd
let client: WireClient
const reported: unknown[] = []

beforeAll(async () => {
  pachd = await startEmbeddedPachd({ dataDir: mkdtempSync(join(tmpdir(), 'pachd-hostile-')), report: error => reported.push(error) })
  client = new WireClient(pachd.address)
  await client.createRepo('r')
})
afterAll(async () => {
  client.close()
  await pachd.stop()
})

const isUp = async () => expect((await client.unary(health.HealthDefinition, health.HealthDefinition.methods.check)).status).toBe('SERVING')

/** Numbers that look random and are the same in every run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    yield state
  }
}

describe('a client that sends anything', () => {
  const services = [admin.APIDefinition, auth.APIDefinition, enterprise.APIDefinition, health.HealthDefinition, identity.APIDefinition, license.APIDefinition, pfs.APIDefinition, pps.APIDefinition, transaction.APIDefinition, version.APIDefinition]

  test('gets a status from every method for random bytes, and the server goes on', async () => {
    const random = numbers(42)
    for (const service of services) {
      for (const method of Object.values(service.methods as Record<string, MethodDescription>)) {
        if (method.name === 'Activate') continue
        const { path } = grpcMethod(service, method)
        const bytes = Buffer.from(Array.from({ length: random.next().value % 64 }, () => random.next().value >>> 24))
        const ended = new Promise<number>(resolve => {
          const call = client.client.makeBidiStreamRequest(path, (raw: Buffer) => raw, (raw: Buffer) => raw, client.metadata, { deadline: Date.now() + 1500 })
          call.on('data', () => undefined)
          call.on('error', () => undefined)
          call.on('status', ({ code }) => resolve(code))
          call.write(bytes)
          call.end()
        })
        expect(await ended, path).toBeGreaterThanOrEqual(0)
      }
    }
    await isUp()
  })

  test.each([
    ['a name of a million characters', () => client.createRepo('x'.repeat(1_000_000))],
    ['a name with a NUL', () => client.createRepo('a\0b')],
    ['a path that leaves the root', () => client.modify(on('r', 'm'), [add('/../../etc/passwd', 'x')])],
    ['a path with a NUL', () => client.modify(on('r', 'm'), [add('/a\0b', 'x')])],
    ['a path of a million characters', () => client.modify(on('r', 'm'), [add(`/${'x'.repeat(1_000_000)}`, 'x')])],
    ['a pattern that nests without end', () => client.glob(on('r', 'head'), `/${'('.repeat(100_000)}`)],
    ['a negative offset', () => client.get(on('r', 'head'), '/a', -1)],
    ['a commit id of another kind', () => client.inspectCommit({ repo: { name: 'r' }, id: '../../x' })],
    ['a stream without a commit', () => client.upload(pfs.APIDefinition, pfs.APIDefinition.methods.modifyFile, [{ body: add('/a', 'x') }])],
  ])('is refused %s', async (_, call) => {
    await client.modify(on('r', 'head'), [])
    const code = await codeOf(call())
    expect(code).toBeDefined()
    expect(code).not.toBe(status.INTERNAL)
    await isUp()
  })

  test('is refused an input spec that multiplies without end', async () => {
    await client.modify(on('r', 'many'), Array.from({ length: 200 }, (_, i) => add(`/f${i}`, 'x')))
    const leaf = { pfs: { repo: 'r', branch: 'many', glob: '/*' } }
    expect(await codeOf(client.list(pps.APIDefinition, pps.APIDefinition.methods.listDatum, { input: { cross: [leaf, leaf, leaf, leaf] } }))).toBe(status.UNKNOWN)
  })

  test('does no harm with bytes that are not HTTP/2', async () => {
    const socket = connect(Number(new URL(pachd.address.replace('grpc:', 'http:')).port), '127.0.0.1')
    socket.on('error', () => undefined).resume()
    await new Promise(resolve => socket.on('connect', resolve))
    socket.write(Buffer.alloc(100_000, 'GET / HTTP/1.1\r\n'))
    await new Promise(resolve => socket.on('close', resolve))
    await isUp()
  })
})

describe('a client that does not read', () => {
  test('is sent no more than it takes, and can leave', async () => {
    const chunk = Buffer.alloc(1024 * 1024, 7)
    await client.modify(on('r', 'large'), Array.from({ length: 96 }, () => add('/large', chunk)))
    const { path, requestSerialize, responseDeserialize } = grpcMethod(pfs.APIDefinition, pfs.APIDefinition.methods.getFile)
    const request = pfs.GetFileRequest.fromPartial({ file: { commit: on('r', 'large'), path: '/large' } })
    const before = process.memoryUsage().arrayBuffers

    const calls = Array.from({ length: 8 }, () => client.client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, client.metadata))
    for (const call of calls) call.on('error', () => undefined).pause()
    await client.get(on('r', 'large'), '/large', 95 * 1024 * 1024)

    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(400 * 1024 * 1024)
    for (const call of calls) call.cancel()
    await isUp()
  })
})

describe('a client that leaves in the middle of a stream', () => {
  test('has written nothing', async () => {
    const { path, requestSerialize, responseDeserialize } = grpcMethod(pfs.APIDefinition, pfs.APIDefinition.methods.modifyFile)
    await new Promise<void>(resolve => {
      const call = client.client.makeClientStreamRequest(path, requestSerialize, responseDeserialize, client.metadata, () => resolve())
      call.write(pfs.ModifyFileRequest.fromPartial({ body: { $case: 'setCommit', setCommit: on('r', 'left') } }))
      call.write(pfs.ModifyFileRequest.fromPartial({ body: add('/a', 'x') as never }), () => call.cancel())
    })

    expect(await codeOf(client.inspectCommit(on('r', 'left')))).toBe(status.NOT_FOUND)
  })
})

test('nothing of this was a failure of the server', () => {
  expect(reported).toEqual([])
})
