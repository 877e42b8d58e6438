/** The client on a bad day: broken streams, a pachd that is away, callers that leave. */
import { status, type ServerUnaryCall, type ServerWritableStream, type sendUnaryData } from '@grpc/grpc-js'
import { pfs, type BytesValue, type Empty } from '@jupyterlab-pachyderm/pachd-proto'
import { expect, test } from 'vitest'

import { commitReference, createPachdClient, fileReference, readFile, repoReference } from '../src/index.js'
import { useScriptedPachd } from './scripted-pachd.js'

const connect = useScriptedPachd()

const file = fileReference(commitReference({ repo: 'r', branch: 'master' }), '/f')
const unavailable = { code: status.UNAVAILABLE, details: 'going away' }

type FileStream = ServerWritableStream<pfs.GetFileRequest, BytesValue>

test('a stream of bytes that breaks goes on at its offset, and the reader notices nothing', async () => {
  const content = Buffer.from('the quick brown fox jumps over the lazy dog')
  const offsets: number[] = []
  const reader = await connect({
    getFile(call: FileStream) {
      offsets.push(call.request.offset)
      call.write({ value: content.subarray(call.request.offset, call.request.offset + 10) })
      if (call.request.offset + 10 >= content.length) call.end()
      else call.emit('error', unavailable)
    },
  })

  const chunks: Uint8Array[] = []
  for await (const chunk of readFile(reader, file)) chunks.push(chunk)

  expect(Buffer.concat(chunks).toString()).toBe(content.toString())
  expect(offsets).toEqual([0, 10, 20, 30, 40])
})

test('a stream that never makes progress ends with UNAVAILABLE', async () => {
  const reader = await connect({ getFile: (call: FileStream) => call.emit('error', unavailable) })

  await expect(readFile(reader, file).next()).rejects.toMatchObject({ code: 'UNAVAILABLE', message: 'going away' })
})

test.each([
  [status.INTERNAL, 'token expiration is in the past', 'UNAUTHENTICATED'],
  [status.UNKNOWN, 'rpc error: token expiration is in the past', 'UNAUTHENTICATED'],
  [status.INTERNAL, 'no authentication token (try logging in)', 'UNAUTHENTICATED'],
  [status.UNAUTHENTICATED, 'the auth service is not activated', 'UNIMPLEMENTED'],
  [status.INTERNAL, 'the database is down', 'INTERNAL'],
  [status.NOT_FOUND, 'file "/token expiration is in the past" not found', 'NOT_FOUND'],
])('status %i with "%s" is %s', async (code, details, wanted) => {
  const reader = await connect({ getFile: (call: FileStream) => call.emit('error', { code, details }) })

  await expect(readFile(reader, file).next()).rejects.toMatchObject({ code: wanted, message: details })
})

test('a missing file is an error at once, without another try', async () => {
  let calls = 0
  const reader = await connect({
    getFile(call: FileStream) {
      calls += 1
      call.emit('error', { code: status.NOT_FOUND, details: 'file /f not found' })
    },
  })

  await expect(readFile(reader, file).next()).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(calls).toBe(1)
})

test('a question is asked again when pachd was away, a change never is', async () => {
  const calls = { inspectRepo: 0, createRepo: 0 }
  const caller = await connect({
    inspectRepo(_: ServerUnaryCall<pfs.InspectRepoRequest, pfs.RepoInfo>, reply: sendUnaryData<pfs.RepoInfo>) {
      calls.inspectRepo += 1
      if (calls.inspectRepo < 3) reply(unavailable)
      else reply(null, pfs.RepoInfo.fromPartial({ description: 'back again' }))
    },
    createRepo(_: ServerUnaryCall<pfs.CreateRepoRequest, Empty>, reply: sendUnaryData<Empty>) {
      calls.createRepo += 1
      reply(unavailable)
    },
  })

  expect((await caller.pfs.inspectRepo({ repo: repoReference({ name: 'r' }) })).description).toBe('back again')
  await expect(caller.pfs.createRepo({ repo: repoReference({ name: 'r' }) })).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  expect(calls).toEqual({ inspectRepo: 3, createRepo: 1 })
})

test('a reader that stops taking holds the sender back', async () => {
  const message = Buffer.alloc(1024 * 1024)
  let sent = 0
  let heldBack: () => void
  const full = new Promise<void>(resolve => (heldBack = resolve))
  const reader = await connect({
    getFile(call: FileStream) {
      const fill = () => {
        while (sent < 200) {
          sent += 1
          if (!call.write({ value: message })) {
            heldBack()
            call.once('drain', fill)
            return
          }
        }
        call.end()
      }
      fill()
    },
  })

  const stream = readFile(reader, file)
  await stream.next()
  await full

  expect(sent).toBeLessThan(100)
  await stream.return()
})

test('a reader that leaves cancels the call at the server', async () => {
  let cancelled: () => void
  const seen = new Promise<void>(resolve => (cancelled = resolve))
  const reader = await connect({
    getFile(call: FileStream) {
      call.on('cancelled', () => cancelled())
      call.write({ value: Buffer.from('x') })
    },
  })

  for await (const chunk of readFile(reader, file)) {
    expect(chunk.byteLength).toBe(1)
    break
  }

  await seen
})

test('an aborted signal ends a stream that waits', async () => {
  const abort = new AbortController()
  const reader = await connect({ getFile: (call: FileStream) => void call.write({ value: Buffer.from('x') }) })
  const stream = readFile(reader, file, { signal: abort.signal })
  await stream.next()

  const waiting = stream.next()
  abort.abort()

  await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' })
})

test('an upload that pachd refuses ends with its words, and the source is not read to its end', async () => {
  let taken = 0
  const writer = await connect({
    modifyFile(call: { on(event: 'data', listener: () => void): void }, reply: sendUnaryData<Empty>) {
      call.on('data', () => undefined)
      reply({ code: status.NOT_FOUND, details: 'repo default/none not found' })
    },
  })
  async function* requests() {
    for (; taken < 10_000; taken++) {
      yield { body: { $case: 'addFile' as const, addFile: { path: '/f', source: { $case: 'raw' as const, raw: Buffer.alloc(64 * 1024) } } } }
      await new Promise(resolve => setImmediate(resolve))
    }
  }

  await expect(writer.pfs.modifyFile(requests())).rejects.toMatchObject({ code: 'NOT_FOUND', message: 'repo default/none not found' })
  expect(taken).toBeLessThan(10_000)
})

test('an address without a pachd ends with an error that names it, not with a hang', async () => {
  const lonely = createPachdClient({ address: '127.0.0.1:1' })

  await expect(lonely.pfs.createRepo({ repo: repoReference({ name: 'r' }) })).rejects.toMatchObject({ code: 'UNAVAILABLE', message: 'pachd at grpc://127.0.0.1:1 cannot be reached; check the address and that pachd runs there (connect ECONNREFUSED 127.0.0.1:1)' })
  lonely.close()
})
