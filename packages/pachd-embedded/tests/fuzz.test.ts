/**
 * Anything at all is sent to every method; the server answers, goes on, fails nowhere, and keeps its data and its memory.
 * FUZZ_ROUNDS says how many rounds of calls there are, FUZZ_SEED and FUZZ_PATH replay a run that failed.
 */
import { randomUUID } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { Metadata, status } from '@grpc/grpc-js'
import { admin, auth, enterprise, health, identity, license, metadata, pfs, pps, transaction, version } from '@jupyterlab-pachyderm/pachd-proto'
import type { MethodDescription, ServiceDescription } from '@jupyterlab-pachyderm/pachd-proto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { checkDataDirectory } from '../src/index.js'
import { methodsOf, serving } from './serving.js'
import type { Serving } from './serving.js'
import { add, on } from './wire-client.js'
import type { WireClient } from './wire-client.js'

const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 60)
const SEED = process.env['FUZZ_SEED']
const PATH = process.env['FUZZ_PATH']
const ROOT = 'root-token-of-the-fuzzer'

const SERVICES: readonly ServiceDescription[] = [
  admin.APIDefinition, auth.APIDefinition, enterprise.APIDefinition, health.HealthDefinition, identity.APIDefinition, license.APIDefinition,
  metadata.APIDefinition, pfs.APIDefinition, pps.APIDefinition, transaction.APIDefinition, version.APIDefinition,
]
/** These would lock the fuzzer out. */
const LEFT_OUT = new Set(['/auth_v2.API/Activate', '/auth_v2.API/Deactivate', '/auth_v2.API/RotateRootToken', '/auth_v2.API/RevokeAuthToken', '/auth_v2.API/RevokeAuthTokensForUser'])
const METHODS = [
  ...methodsOf(SERVICES).filter(({ path }) => !LEFT_OUT.has(path)),
  ...['/pps_v2.API/RunPipeline', '/debug_v2.Debug/Dump', '/no.such.Service/Method'].map(path => ({ path, method: undefined as MethodDescription | undefined })),
]

// Texts and numbers that are something, or nearly.
const text = fc.oneof(
  fc.constantFrom('r', 's', 'master', 'default', 'user', 'meta', 'spec', '', '/', '/a', '/d/', '/d/b', '*', '/**', '/*(a)', 'robot:x', 'default/r', '__filesets__', '{}', '@every 1h', '0123456789ab4def8123456789abcdef'),
  fc.constantFrom('..', '/../..', '/a/../../b', 'a\0b', '\0', '__proto__', 'constructor', 'master^99999999', 'master~~~~', 'r.0', 'master.18446744073709551616', '%s%n', 'ä', '\u{1f600}', '\u202e', "'; --", '{"a":', '[[[[', '{{{{', '((((', '!(!(!(a)))', '**/**/**/**/x', '\\'),
  fc.string({ maxLength: 12 }),
)
const number = fc.oneof(fc.constantFrom(0, 1, 2, 3, 100_001, 2 ** 31 - 1, 2 ** 31), fc.integer({ min: 0, max: 20 }))

const varint = (value: bigint): Buffer => {
  const bytes: number[] = []
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x80n) return Buffer.from([...bytes, Number(rest)])
    bytes.push(Number(rest & 0x7fn) | 0x80)
  }
}
const field = (no: number, wireType: number, body: Buffer): Buffer => Buffer.concat([varint(BigInt((no << 3) | wireType)), body])
const framed = (body: Buffer): Buffer => Buffer.concat([varint(BigInt(body.length)), body])

/** Bytes that are a message of some shape: every field may be a text, a number, bytes, or a message again. */
const { message: wellFormed } = fc.letrec<{ message: Buffer; field: Buffer }>(tie => ({
  message: fc.array(tie('field'), { maxLength: 5, depthSize: 'small' }).map(fields => Buffer.concat(fields)),
  field: fc.tuple(fc.integer({ min: 1, max: 12 }), fc.oneof(
    { depthSize: 'small' },
    text.map(value => [2, framed(Buffer.from(value))] as const),
    number.map(value => [0, varint(BigInt(value))] as const),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(value => [0, varint(value)] as const),
    fc.uint8Array({ maxLength: 40 }).map(value => [2, framed(Buffer.from(value))] as const),
    tie('message').map(value => [2, framed(value)] as const),
  )).map(([no, [wireType, body]]) => field(no, wireType, body)),
}))

const repo = fc.record({ name: text, type: fc.constantFrom('', 'user', 'meta', 'spec'), project: fc.option(fc.record({ name: text }), { nil: undefined }) })
const branch = fc.record({ repo: fc.option(repo, { nil: undefined }), name: text })
const commit = fc.record({ repo: fc.option(repo, { nil: undefined }), id: text, branch: fc.option(branch, { nil: undefined }) })
const file = fc.record({ commit: fc.option(commit, { nil: undefined }), path: text, datum: fc.constantFrom('', 'default', 'x', 'a\0b') })
/** The messages that most methods are about, filled with texts that are nearly right. */
const sensible = fc.oneof(
  fc.oneof(repo.map(value => pfs.CreateRepoRequest.encode(pfs.CreateRepoRequest.fromPartial({ repo: value })).finish()), repo.map(value => pfs.DeleteRepoRequest.encode(pfs.DeleteRepoRequest.fromPartial({ repo: value, force: true })).finish())),
  fc.tuple(branch, commit).map(([of, parent]) => pfs.StartCommitRequest.encode(pfs.StartCommitRequest.fromPartial({ branch: of, parent })).finish()),
  fc.tuple(branch, commit, fc.array(branch, { maxLength: 3 })).map(([of, head, provenance]) => pfs.CreateBranchRequest.encode(pfs.CreateBranchRequest.fromPartial({ branch: of, head, provenance })).finish()),
  fc.tuple(commit, number).map(([of, wait]) => Buffer.concat([pfs.InspectCommitRequest.encode(pfs.InspectCommitRequest.fromPartial({ commit: of })).finish(), field(2, 0, varint(BigInt(wait)))])),
  fc.tuple(file, number, fc.boolean()).map(([of, count, reverse]) => pfs.ListFileRequest.encode(pfs.ListFileRequest.fromPartial({ file: of, number: count, reverse, paginationMarker: of })).finish()),
  fc.tuple(commit, text).map(([of, pattern]) => pfs.GlobFileRequest.encode(pfs.GlobFileRequest.fromPartial({ commit: of, pattern })).finish()),
  fc.tuple(text, text, text).map(([name, of, glob]) => pps.ListDatumRequest.encode(pps.ListDatumRequest.fromPartial({ input: { cross: [{ pfs: { name, repo: of, glob } }, { pfs: { repo: 'r', glob: '/*' } }] } })).finish()),
  fc.tuple(file, text).map(([src, dst]) => pfs.ModifyFileRequest.encode(pfs.ModifyFileRequest.fromPartial({ body: { $case: 'copyFile', copyFile: { src, dst } } })).finish()),
  fc.tuple(text, text).map(([path, datum]) => pfs.ModifyFileRequest.encode(pfs.ModifyFileRequest.fromPartial({ body: { $case: 'addFile', addFile: { path, datum, source: { $case: 'raw', raw: Buffer.from('x') } } } })).finish()),
  commit.map(of => pfs.ModifyFileRequest.encode(pfs.ModifyFileRequest.fromPartial({ body: { $case: 'setCommit', setCommit: of } })).finish()),
).map(bytes => Buffer.from(bytes))

const flaw = fc.record({ at: fc.nat(), bytes: fc.uint8Array({ maxLength: 4 }), removed: fc.integer({ min: 0, max: 4 }) })
/** A message with some of its bytes changed. */
const mutated = fc.tuple(sensible, fc.array(flaw, { minLength: 1, maxLength: 4 })).map(([bytes, flaws]) =>
  flaws.reduce((now, { at, bytes: inserted, removed }) => Buffer.concat([now.subarray(0, at % (now.length + 1)), inserted, now.subarray((at % (now.length + 1)) + removed)]), bytes),
)
const bytes = fc.oneof(fc.uint8Array({ maxLength: 80 }).map(value => Buffer.from(value)), wellFormed, sensible, mutated)

const call = fc.record({
  method: fc.constantFrom(...METHODS),
  messages: fc.array(bytes, { minLength: 0, maxLength: 4 }),
  /** Whether the client ends its side, and how many answers it reads before it leaves. */
  ends: fc.boolean(),
  reads: fc.integer({ min: 0, max: 5 }),
  transaction: fc.option(text.filter(value => /^[\x21-\x7e]+$/.test(value)), { nil: undefined, freq: 8 }),
})
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never

const PATIENCE_MS = 250
const same = (raw: Buffer): Buffer => raw

/** Makes one call as its description says, and gives how it ended. */
function perform({ client, metadata: own }: WireClient, { method, messages, ends, reads, transaction: id }: Call): Promise<{ code: number; details: string }> {
  const sent = new Metadata()
  for (const token of own.get('authn-token')) sent.add('authn-token', String(token))
  if (id !== undefined) sent.set('pach-transaction', id)
  return new Promise(resolve => {
    let left = reads
    const stream = client.makeBidiStreamRequest(method.path, same, same, sent, { deadline: Date.now() + PATIENCE_MS })
    stream.on('data', () => {
      if (left-- <= 0) stream.cancel()
    })
    stream.on('error', () => undefined)
    stream.on('status', resolve)
    for (const message of method.method?.requestStream ? messages : messages.slice(0, 1)) stream.write(message)
    if (ends || !method.method?.requestStream) stream.end()
  })
}

/** Writes and reads as any other client would. */
async function isInOrder({ client, reported }: Serving): Promise<void> {
  const name = `canary-${randomUUID()}`
  await client.pfs('createProject', { project: { name: 'default' } }).catch(() => undefined)
  await client.createRepo(name)
  await client.modify(on(name, 'master'), [add('/song', name)])
  expect((await client.get(on(name, 'master'), '/song')).toString()).toBe(name)
  await client.pfs('deleteRepo', { repo: { name } })
  expect(reported).toEqual([])
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
function memoryBytes(): number {
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

describe.each([
  ['without auth', undefined],
  ['with auth', ROOT],
])('anything that is sent to a pachd %s', (_, rootToken) => {
  const now = serving(rootToken)

  test(`is answered in ${ROUNDS} rounds, and leaves it as it was`, { timeout: 60_000 + ROUNDS * 3000 }, async () => {
    const { client, pachd, dataDir } = now()
    await client.createRepo('r')
    await client.modify(on('r', 'master'), [add('/a', '1'), add('/d/b', '2')])
    let before = 0
    let rounds = 0

    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 12, maxLength: 12 }), async calls => {
        const ended = await Promise.all(calls.map(one => perform(client, one)))
        ended.forEach(({ code, details }, i) => {
          const isDamaged = code === status.INTERNAL && /^Error deserializing request|^token expiration is in the past/.test(details)
          expect(isDamaged || code !== status.INTERNAL, `${calls[i]?.method.path}: ${code} ${details}`).toBe(true)
        })
        await isInOrder(now())
        if (++rounds === Math.ceil(ROUNDS / 4)) before = memoryBytes()
      }),
      { numRuns: ROUNDS, endOnFailure: true, ...(SEED !== undefined && { seed: Number(SEED) }), ...(PATH !== undefined && { path: PATH }) },
    )

    expect(memoryBytes() - before).toBeLessThan(48 * 1024 * 1024)
    client.close()
    await pachd.stop()
    const problems: string[] = []
    for await (const problem of checkDataDirectory(dataDir)) problems.push(problem)
    expect(problems).toEqual([])
  })
})
