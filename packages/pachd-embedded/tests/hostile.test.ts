/** Clients that mean no good: each is refused or waited for, the server goes on, and its memory and data stay what they were. */
import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'

import { Client, credentials, status } from '@grpc/grpc-js'
import type { ClientDuplexStream } from '@grpc/grpc-js'
import { grpcMethod, health, pfs, pps, transaction } from '@jupyterlab-pachyderm/pachd-proto'
import type { MethodDescription, ServiceDescription } from '@jupyterlab-pachyderm/pachd-proto'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'

import { problemsOf } from './problems.js'
import { memoryBytes } from './memory.js'
import { serving } from './serving.js'
import { add, codeOf, failureOf, on } from './wire-client.js'

const now = serving()
const MiB = 1024 * 1024

beforeAll(async () => {
  await now().client.createRepo('r')
  await now().client.modify(on('r', 'head'), [add('/a', '1'), add(`/${'a'.repeat(2000)}`, '2')])
})
let isStopped = false
afterEach(async () => {
  if (!isStopped) expect((await now().client.unary(health.HealthDefinition, health.HealthDefinition.methods.check)).status).toBe('SERVING')
  expect(now().reported).toEqual([])
})

const same = (raw: Buffer): Buffer => raw

/** A call whose client does with it what it likes. */
function rawCall(service: ServiceDescription, method: MethodDescription, client: Client = now().client.client): ClientDuplexStream<Buffer, Buffer> {
  const call = client.makeBidiStreamRequest(grpcMethod(service, method).path, same, same)
  call.on('error', () => undefined)
  return call
}
function encoded({ requestType }: MethodDescription, init: object): Buffer {
  const codec = requestType as unknown as { fromPartial(init: object): object; encode(message: object): { finish(): Uint8Array } }
  return Buffer.from(codec.encode(codec.fromPartial(init)).finish())
}
const endOf = (call: ClientDuplexStream<Buffer, Buffer>) => new Promise<{ code: status; details: string }>(resolve => call.on('data', () => undefined).on('status', resolve))

describe('a text that is too long or too strange', () => {
  const TEXTS: readonly [string, string][] = [
    ['a MiB of letters', 'x'.repeat(MiB)],
    ['a MiB of slashes', '/'.repeat(MiB)],
    ['a MiB of dots', '..'.repeat(MiB / 2)],
    ['half a million emoji', '\u{1f600}'.repeat(MiB / 4)],
    ['a NUL', 'a\0b'],
    ['the way up', '/../../etc/passwd'],
    ['a million brackets', '{'.repeat(MiB)],
  ]
  const CALLS: readonly [string, (text: string) => Promise<unknown>][] = [
    ['a project', text => now().client.pfs('createProject', { project: { name: text } })],
    ['a repo', text => now().client.createRepo(text)],
    ['a repo that is looked for', text => now().client.pfs('inspectRepo', { repo: { name: text } })],
    ['a branch', text => now().client.startCommit('r', text)],
    ['a commit', text => now().client.inspectCommit({ repo: { name: 'r' }, id: text })],
    ['a commit set', text => now().client.pfsList('inspectCommitSet', { commitSet: { id: text } })],
    ['a path that is written', text => now().client.modify(on('r', 'm'), [add(`/${text}\0`, 'x')])],
    ['a path that is read', text => now().client.get(on('r', 'head'), `/no/${text}`)],
    ['a datum', text => now().client.upload(pfs.APIDefinition, pfs.APIDefinition.methods.createFileSet, [{ body: { $case: 'addFile', addFile: { path: '/a', datum: `\0${text}` } } }])],
    ['a file set', text => now().client.pfs('renewFileSet', { fileSetId: text, ttlSeconds: 60 })],
    ['a pipeline', text => now().client.pps('inspectPipeline', { pipeline: { name: text } })],
    ['a transaction', text => now().client.txn('inspectTransaction', { transaction: { id: text } })],
  ]

  test.each(TEXTS.flatMap(([what, text]) => CALLS.map(([as, call]) => [what, as, () => call(text)] as const)))('is refused: %s as %s', async (_, __, call) => {
    const { code, text } = await failureOf(call())

    expect(code).toBeDefined()
    expect(code).not.toBe(status.INTERNAL)
    expect(text.length).toBeLessThan(5000)
  })

  test('is refused as a description, which would be part of every listing', async () => {
    expect(await codeOf(now().client.pfs('createRepo', { repo: { name: 'wordy' }, description: 'x'.repeat(MiB) }))).toBe(status.INVALID_ARGUMENT)
  })
})

describe('a pattern that is made to take for ever', () => {
  test.each([
    ['stars', `/${'*a'.repeat(1000)}*b`],
    ['double stars', `/${'**/'.repeat(1000)}b`],
    ['groups that repeat', `/${'+('.repeat(60)}a${')'.repeat(60)}b`],
    ['negations', `/${'**!('.repeat(60)}b${')'.repeat(60)}b`],
    ['alternatives', `/${'{a,aa}'.repeat(600)}b`],
    ['brackets that are never closed', `/${'{'.repeat(3000)}`],
    ['more characters than a pattern may have', `/${'*'.repeat(MiB)}`],
  ])('is done or refused at once: %s', async (_, pattern) => {
    const { client } = now()
    const input = { input: { pfs: { repo: 'r', branch: 'head', glob: pattern } } }

    const answers = await Promise.all([client.glob(on('r', 'head'), pattern), client.get(on('r', 'head'), pattern), client.ppsList('listDatum', input)].map(call => codeOf(call)))

    for (const code of answers) expect([undefined, status.UNKNOWN, status.NOT_FOUND, status.INVALID_ARGUMENT]).toContain(code)
  })

  test('is refused where it would multiply datums without end', async () => {
    const { client } = now()
    await client.modify(on('r', 'many'), Array.from({ length: 200 }, (_, i) => add(`/f${i}`, 'x')))
    const leaf = { pfs: { repo: 'r', branch: 'many', glob: '/*' } }

    expect(await codeOf(client.ppsList('listDatum', { input: { cross: [leaf, leaf, leaf, leaf] } }))).toBe(status.UNKNOWN)
  })
})

describe('a message that is made to fill the memory', () => {
  test('of countless empty parts is refused', async () => {
    const before = memoryBytes()
    const parts = Buffer.alloc(4 * MiB)
    for (let at = 0; at < parts.length; at += 2) parts[at] = 0x0a
    const ended = Array.from({ length: 10 }, () => {
      const call = rawCall(transaction.APIDefinition, transaction.APIDefinition.methods.batchTransaction)
      call.end(parts)
      return endOf(call)
    })

    for (const { code, details } of await Promise.all(ended)) expect([code, details]).toEqual([status.RESOURCE_EXHAUSTED, 'the message has too many parts'])
    // The messages themselves are 40 MiB, here and on their way; their parts as objects would be some gigabytes.
    expect(memoryBytes() - before).toBeLessThan(128 * MiB)
  })

  test('that is large and no file is refused', async () => {
    const { code, text } = await failureOf(now().client.get(on('r', 'head'), '/x'.repeat(4 * MiB)))

    expect(code).toBe(status.RESOURCE_EXHAUSTED)
    expect(text).toContain('GetFile takes')
  })

  test('that nests without end is refused', async () => {
    const deep = Array.from({ length: 60 }).reduce<object>(input => ({ cross: [input] }), { pfs: { repo: 'r', glob: '/' } })
    const call = rawCall(pps.APIDefinition, pps.APIDefinition.methods.listDatum)
    let bytes = encoded(pps.APIDefinition.methods.listDatum, { input: deep })
    for (let level = 0; level < 5000; level++) bytes = Buffer.concat([Buffer.from([0x12]), lengthOf(bytes), bytes])
    call.end(bytes)

    expect((await endOf(call)).code).toBe(status.INTERNAL)
  })
})

function lengthOf(bytes: Buffer): Buffer {
  const length: number[] = []
  for (let rest = bytes.length; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...length, rest])
    length.push((rest & 0x7f) | 0x80)
  }
}

describe('a stream of file operations', () => {
  const modify = pfs.APIDefinition.methods.modifyFile
  const setCommit = { $case: 'setCommit', setCommit: on('r', 'streamed') }
  const run = async (...bodies: object[]) => {
    const call = rawCall(pfs.APIDefinition, modify)
    for (const body of bodies) call.write(encoded(modify, { body }))
    call.end()
    return endOf(call)
  }

  test.each([
    ['without anything', [], 'EOF'],
    ['without a commit', [add('/a', 'x')], 'first message must be a commit'],
    ['with two commits', [setCommit, add('/a', 'x'), setCommit], 'cannot set commit'],
    ['with a copy of nothing', [setCommit, { $case: 'copyFile', copyFile: { dst: '/a' } }], 'validate recv'],
    ['with a path out of the root', [setCommit, add('/../a', 'x')], 'relative file paths are not allowed'],
  ])('is refused %s, and has written nothing', async (_, bodies, text) => {
    expect((await run(...bodies)).details).toContain(text)
    expect(await codeOf(now().client.inspectCommit(on('r', 'streamed')))).toBe(status.NOT_FOUND)
  })

  test('that is refused in the middle is not read to its end', async () => {
    const call = rawCall(pfs.APIDefinition, modify)
    call.write(encoded(modify, { body: add('/a', 'x') }))

    // The client neither ends nor leaves.
    expect((await endOf(call)).details).toContain('first message must be a commit')
  })

  test('whose client leaves has written nothing', async () => {
    const call = rawCall(pfs.APIDefinition, modify)
    call.write(encoded(modify, { body: setCommit }))
    await new Promise<void>(resolve => call.write(encoded(modify, { body: add('/a', 'x') }), () => resolve()))
    call.cancel()
    await endOf(call)

    expect(await codeOf(now().client.inspectCommit(on('r', 'streamed')))).toBe(status.NOT_FOUND)
  })

  test('that never ends takes no memory for what it has sent', async () => {
    const bytes = Buffer.alloc(2 * MiB, 'never ends ')
    const before = memoryBytes()
    const calls = Array.from({ length: 4 }, () => rawCall(pfs.APIDefinition, modify))
    for (const call of calls) {
      call.write(encoded(modify, { body: { $case: 'setCommit', setCommit: on('r', 'endless') } }))
      for (let sent = 0; sent < 24; sent++) {
        if (!call.write(encoded(modify, { body: add(`/f${sent}`, bytes) }))) await new Promise(resolve => call.once('drain', resolve))
      }
    }

    await expect.poll(() => memoryBytes() - before, { timeout: 20_000, interval: 200 }).toBeLessThan(48 * MiB)
    expect(await codeOf(now().client.inspectCommit(on('r', 'endless')))).toBe(status.NOT_FOUND)
    for (const call of calls) call.cancel()
  })
})

describe('a client that does not read', () => {
  beforeAll(async () => {
    const chunk = Buffer.alloc(MiB, 7)
    await now().client.modify(on('r', 'large'), Array.from({ length: 64 }, () => add('/large', chunk)))
    await now().client.modify(on('r', 'wide'), Array.from({ length: 20_000 }, (_, i) => add(`/file-${i}`, '')))
  })

  test.each([
    ['GetFile', pfs.APIDefinition.methods.getFile, { file: { commit: on('r', 'large'), path: '/large' } }],
    ['GetFileTAR', pfs.APIDefinition.methods.getFileTAR, { file: { commit: on('r', 'large'), path: '/' } }],
    ['ListFile', pfs.APIDefinition.methods.listFile, { file: { commit: on('r', 'wide'), path: '/' } }],
    ['GlobFile', pfs.APIDefinition.methods.globFile, { commit: on('r', 'wide'), pattern: '/**' }],
    ['SubscribeCommit', pfs.APIDefinition.methods.subscribeCommit, { repo: { name: 'r' }, state: 'STARTED' }],
  ])('is sent no more of %s than it takes', async (_, method, init) => {
    const before = memoryBytes()
    // A client of gRPC reads ahead; this one reads nothing at all.
    const sessions = Array.from({ length: 8 }, () => connectHttp2(now().pachd.address.replace('grpc:', 'http:')))
    for (const session of sessions) {
      const call = session.request({ ':method': 'POST', ':path': grpcMethod(pfs.APIDefinition, method).path, 'content-type': 'application/grpc', te: 'trailers' })
      const message = encoded(method, init)
      const frame = Buffer.alloc(5)
      frame.writeUInt32BE(message.length, 1)
      call.on('error', () => undefined).pause().end(Buffer.concat([frame, message]))
      await new Promise(resolve => call.once('response', resolve))
    }
    // Others are served meanwhile.
    await now().client.get(on('r', 'large'), '/large', 63 * MiB)

    await expect.poll(() => memoryBytes() - before, { timeout: 20_000, interval: 200 }).toBeLessThan(128 * MiB)
    for (const session of sessions) session.destroy()
  })
})

describe('a thousand clients that do nothing', () => {
  test('cost little, keep nobody from being served, and are forgotten when they leave', async () => {
    const before = memoryBytes()
    const idle = new Client(now().pachd.address.replace('grpc://', ''), credentials.createInsecure(), { 'grpc.use_local_subchannel_pool': 1 })
    const { modifyFile, subscribeCommit, inspectCommit } = pfs.APIDefinition.methods
    await now().client.createRepo('idle')
    const open = await now().client.startCommit('idle', 'master')
    const calls = Array.from({ length: 1000 }, (_, i) => {
      if (i % 4 === 0) return rawCall(pfs.APIDefinition, modifyFile, idle)
      const call = rawCall(pfs.APIDefinition, i % 4 === 1 ? inspectCommit : subscribeCommit, idle)
      call.end(i % 4 === 1 ? encoded(inspectCommit, { commit: open, wait: 'FINISHED' }) : encoded(subscribeCommit, { repo: { name: 'idle' }, branch: 'none', state: 'FINISHED' }))
      return call.resume()
    })
    for (let round = 0; round < 5; round++) await now().client.modify(on('r', 'busy'), [add(`/f${round}`, 'x')])

    expect(memoryBytes() - before).toBeLessThan(160 * MiB)
    const ended = calls.map(call => endOf(call))
    for (const call of calls) call.cancel()
    await Promise.all(ended)
    idle.close()
    await expect.poll(() => memoryBytes() - before, { timeout: 20_000, interval: 200 }).toBeLessThan(48 * MiB)
  })

  test('that come one after the other are forgotten, too', async () => {
    const { client } = now()
    const knock = async (times: number) => {
      for (let round = 0; round < times; round += 50) await Promise.all(Array.from({ length: 50 }, () => client.pfs('inspectRepo', { repo: { name: 'r' } })))
    }
    await knock(1000)
    const before = memoryBytes()

    await knock(5000)

    expect(memoryBytes() - before).toBeLessThan(8 * MiB)
  })
})

describe('a frame that is not what it says', () => {
  /** Sends bytes as the body of a call; how it ended, or undefined when it was cut off. */
  async function post(body: Buffer, headers: Record<string, string> = {}): Promise<number | undefined> {
    const session = connectHttp2(now().pachd.address.replace('grpc:', 'http:'))
    session.on('error', () => undefined)
    const call = session.request({ ':method': 'POST', ':path': '/pfs_v2.API/ModifyFile', 'content-type': 'application/grpc', te: 'trailers', ...headers })
    const ended = new Promise<number | undefined>(resolve => {
      const take = (sent: Record<string, unknown>) => {
        if (sent['grpc-status'] !== undefined) resolve(Number(sent['grpc-status']))
      }
      call.on('response', take).on('trailers', take).on('error', () => resolve(undefined)).on('close', () => resolve(undefined)).resume()
    })
    call.end(body)
    const code = await ended
    session.destroy()
    return code
  }
  const frame = (flag: number, length: number, body: Buffer) => Buffer.concat([Buffer.from([flag]), Buffer.from([length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255]), body])

  test('is refused when it announces more than a message may have', async () => {
    expect(await post(frame(0, 1024 * MiB, Buffer.alloc(100)))).toBe(status.RESOURCE_EXHAUSTED)
  })

  test('is refused when it unpacks to more than a message may have', async () => {
    const bomb = Buffer.concat(Array<Buffer>(512).fill(gzipSync(Buffer.alloc(MiB))))
    const before = memoryBytes()

    expect(await post(frame(1, bomb.length, bomb), { 'grpc-encoding': 'gzip' })).toBe(status.RESOURCE_EXHAUSTED)
    await expect.poll(() => memoryBytes() - before, { timeout: 20_000, interval: 200 }).toBeLessThan(32 * MiB)
  })

  test.each([
    ['packed and is not', frame(1, 5, Buffer.from('plain')), { 'grpc-encoding': 'gzip' }],
    ['packed in a way that nobody knows', frame(1, 5, Buffer.from('plain')), { 'grpc-encoding': 'snail' }],
    ['longer than it is', frame(0, 50, Buffer.from('short')), {}],
    ['nothing', Buffer.alloc(0), {}],
    ['half a header', Buffer.from([0, 0]), {}],
  ])('is refused when it is %s', async (_, body, headers) => {
    expect(await post(body, headers)).not.toBe(status.OK)
  })
})

test('bytes that are not HTTP/2 do no harm', async () => {
  const socket = connect(Number(new URL(now().pachd.address.replace('grpc:', 'http:')).port), '127.0.0.1')
  socket.on('error', () => undefined).resume()
  await new Promise(resolve => socket.on('connect', resolve))
  socket.write(Buffer.alloc(100_000, 'GET / HTTP/1.1\r\n'))
  await new Promise(resolve => socket.on('close', resolve))
})

test.each([
  ['/pps_v2.API/RunPipeline', 'pachd-embedded, a pachd in one process for data, does not implement pps_v2.API/RunPipeline: it keeps the specs of pipelines and does not run them'],
  ['/pps_v2.API/CreateSecret', 'keep them where your code runs'],
  ['/identity_v2.API/CreateIDPConnector', 'log in with the root token or a robot token'],
  ['/debug_v2.Debug/Dump', 'pachd-embedded fsck'],
  ['/storage.Fileset/CreateFileset', 'use the file sets of pfs_v2.API'],
  ['/enterprise_v2.API/Activate', 'nothing here needs a licence'],
  ['/admin_v2.API/RestartPachyderm', 'end the process and start it again'],
])('a method that there is not says so in a sentence: %s', async (path, text) => {
  const call = now().client.client.makeBidiStreamRequest(path, same, same)
  call.on('error', () => undefined)
  call.end(Buffer.alloc(0))

  expect(await endOf(call)).toMatchObject({ code: status.UNIMPLEMENTED, details: expect.stringContaining(text) as string })
})

test('after all of this the data is whole, and stopping takes no longer than it may', async () => {
  const { client, pachd, dataDir } = now()
  rawCall(pfs.APIDefinition, pfs.APIDefinition.methods.modifyFile).write(encoded(pfs.APIDefinition.methods.modifyFile, { body: { $case: 'setCommit', setCommit: on('r', 'last') } }))
  isStopped = true
  await pachd.stop()
  client.close()

  expect(await problemsOf(dataDir)).toEqual([])
})
