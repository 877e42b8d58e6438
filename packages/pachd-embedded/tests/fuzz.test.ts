/**
 * Anything at all is sent to every method; the server answers, goes on, fails nowhere, and keeps its data and its memory.
 * PACHD_FUZZ_ROUNDS says how many rounds of 12 calls there are (60, with and without auth); PACHD_FUZZ_SEED and PACHD_FUZZ_PATH replay a failure.
 */
import { randomUUID } from 'node:crypto'

import { Metadata, status } from '@grpc/grpc-js'
import { admin, auth, enterprise, health, identity, license, metadata, pfs, pps, transaction, version } from '@jupyterlab-pachyderm/pachd-proto'
import type { MethodDescription, ServiceDescription } from '@jupyterlab-pachyderm/pachd-proto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { problemsOf } from './problems.js'
import { memoryBytes } from './memory.js'
import { methodsOf, serving } from './serving.js'
import type { Serving } from './serving.js'
import { add, on } from './wire-client.js'
import type { WireClient } from './wire-client.js'

const ROUNDS = Number(process.env['PACHD_FUZZ_ROUNDS'] ?? 60)
const SEED = process.env['PACHD_FUZZ_SEED']
const PATH = process.env['PACHD_FUZZ_PATH']
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
  message: fc.array(tie('field'), { maxLength: 5 }).map(fields => Buffer.concat(fields)),
  field: fc.tuple(fc.integer({ min: 1, max: 12 }), fc.oneof(
    { depthSize: 'small' },
    text.map(value => [2, framed(Buffer.from(value))] as const),
    number.map(value => [0, varint(BigInt(value))] as const),
    fc.oneof({ weight: 6, arbitrary: fc.bigInt({ min: 0n, max: 300n }) }, { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }).map(value => [0, varint(value)] as const),
    fc.uint8Array({ maxLength: 40 }).map(value => [2, framed(Buffer.from(value))] as const),
    tie('message').map(value => [2, framed(value)] as const),
  )).map(([no, [wireType, body]]) => field(no, wireType, body)),
}))

const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 })
const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })

// The few names that tests use make many calls find something.
const name = fc.oneof({ weight: 5, arbitrary: fc.constantFrom('r', 's', 't') }, { weight: 1, arbitrary: text })
const branchName = fc.oneof({ weight: 5, arbitrary: fc.constantFrom('master', 'dev') }, { weight: 1, arbitrary: text })
const path = fc.oneof({ weight: 3, arbitrary: fc.constantFrom('/a', '/d/b', '/d/', '/', '/x') }, { weight: 1, arbitrary: text })
const repo = fc.record({ name, type: fc.oneof({ weight: 6, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constantFrom('user', 'meta', 'spec', 'a\0b') }), project: rarely(fc.record({ name: text })) })
const branch = fc.record({ repo, name: branchName })
const commit = fc.oneof({ weight: 4, arbitrary: branch.map(of => ({ repo: of.repo, id: '', branch: of })) }, { weight: 1, arbitrary: fc.record({ repo: sometimes(repo), id: text, branch: sometimes(branch) }) })
const file = fc.record({ commit, path, datum: fc.oneof({ weight: 5, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constantFrom('default', 'x', 'a\0b') }) })
const operation = fc.oneof(
  { weight: 3, arbitrary: file.map(({ path: at, datum }) => ({ $case: 'addFile', addFile: { path: at, datum, source: { $case: 'raw', raw: Buffer.from('x') } } })) },
  file.map(({ path: at, datum }) => ({ $case: 'deleteFile', deleteFile: { path: at, datum } })),
  fc.tuple(file, path, fc.boolean()).map(([src, dst, append]) => ({ $case: 'copyFile', copyFile: { src, dst, append } })),
  commit.map(setCommit => ({ $case: 'setCommit', setCommit })),
)
const leaf = fc.record({ pfs: fc.record({ name, repo: name, branch: branchName, glob: path, joinOn: text, groupBy: text }) })

/** A method of pfs_v2 or pps_v2 with requests that are right, or nearly. */
const P = pfs.APIDefinition.methods
const D = pps.APIDefinition.methods
const aim = (service: ServiceDescription, method: MethodDescription, inits: readonly object[]) => ({
  method: { path: `/${service.fullName}/${method.name}`, method: method as MethodDescription | undefined },
  messages: inits.map(init => encoded(method, init)),
})
function encoded({ requestType }: MethodDescription, init: object): Buffer {
  const codec = requestType as unknown as { fromPartial(init: object): object; encode(message: object): { finish(): Uint8Array } }
  return Buffer.from(codec.encode(codec.fromPartial(init)).finish())
}
const aimed = fc.oneof(
  { weight: 6, arbitrary: fc.record({ repo, description: text, update: fc.boolean() }).map(init => aim(pfs.APIDefinition, P.createRepo, [init])) },
  { weight: 8, arbitrary: fc.tuple(commit, fc.array(operation, { maxLength: 5 })).map(([setCommit, rest]) => aim(pfs.APIDefinition, P.modifyFile, [{ $case: 'setCommit', setCommit }, ...rest].map(body => ({ body })))) },
  { weight: 3, arbitrary: fc.array(operation, { maxLength: 5 }).map(rest => aim(pfs.APIDefinition, P.createFileSet, rest.map(body => ({ body })))) },
  { weight: 3, arbitrary: fc.record({ branch, parent: rarely(commit) }).map(init => aim(pfs.APIDefinition, P.startCommit, [init])) },
  { weight: 3, arbitrary: fc.record({ commit, error: text, force: fc.boolean() }).map(init => aim(pfs.APIDefinition, P.finishCommit, [init])) },
  { weight: 2, arbitrary: commit.map(of => aim(pfs.APIDefinition, P.clearCommit, [{ commit: of }])) },
  { weight: 3, arbitrary: fc.record({ branch, head: sometimes(commit), provenance: fc.array(branch, { maxLength: 2 }), trigger: sometimes(fc.record({ branch: branchName, commits: number, size: text, cronSpec: text })) }).map(init => aim(pfs.APIDefinition, P.createBranch, [init])) },
  { weight: 1, arbitrary: fc.record({ branch, force: fc.boolean() }).map(init => aim(pfs.APIDefinition, P.deleteBranch, [init])) },
  { weight: 1, arbitrary: fc.record({ repo, force: fc.boolean() }).map(init => aim(pfs.APIDefinition, P.deleteRepo, [init])) },
  { weight: 2, arbitrary: fc.record({ commit, wait: fc.constantFrom('STARTED', 'READY', 'FINISHED') }).map(init => aim(pfs.APIDefinition, P.inspectCommit, [init])) },
  { weight: 2, arbitrary: fc.record({ commit, recursive: fc.boolean() }).chain(init => fc.constantFrom(P.squashCommit, P.dropCommit).map(method => aim(pfs.APIDefinition, method, [init]))) },
  { weight: 2, arbitrary: fc.record({ repo, to: sometimes(commit), from: sometimes(commit), number, reverse: fc.boolean() }).map(init => aim(pfs.APIDefinition, P.listCommit, [init])) },
  { weight: 1, arbitrary: fc.record({ repo, branch: branchName, from: sometimes(commit), state: fc.constantFrom('STARTED', 'FINISHED') }).map(init => aim(pfs.APIDefinition, P.subscribeCommit, [init])) },
  { weight: 4, arbitrary: fc.record({ file, number, reverse: fc.boolean(), paginationMarker: sometimes(file) }).chain(init => fc.constantFrom(P.listFile, P.walkFile).map(method => aim(pfs.APIDefinition, method, [init]))) },
  { weight: 4, arbitrary: fc.record({ file, offset: number }).chain(init => fc.constantFrom(P.getFile, P.getFileTAR).map(method => aim(pfs.APIDefinition, method, [init]))) },
  { weight: 3, arbitrary: fc.record({ commit, pattern: text, pathRange: sometimes(fc.record({ lower: text, upper: text })) }).map(init => aim(pfs.APIDefinition, P.globFile, [init])) },
  { weight: 2, arbitrary: fc.record({ newFile: file, oldFile: sometimes(file) }).map(init => aim(pfs.APIDefinition, P.diffFile, [init])) },
  { weight: 2, arbitrary: fc.record({ start: commit, filePath: path, limit: number }).map(init => aim(pfs.APIDefinition, P.findCommits, [init])) },
  { weight: 2, arbitrary: fc.record({ commit, fileSetId: text }).map(init => aim(pfs.APIDefinition, P.addFileSet, [init])) },
  { weight: 3, arbitrary: fc.tuple(leaf, leaf, fc.constantFrom('cross', 'union', 'join', 'group')).map(([a, b, kind]) => aim(pps.APIDefinition, D.listDatum, [{ input: { [kind]: [a, b] } }])) },
  { weight: 2, arbitrary: fc.tuple(leaf, fc.integer({ min: -1, max: 9 }), fc.integer({ min: -1, max: 9 })).map(([input, first, next]) => aim(pps.APIDefinition, D.createDatum, [{ body: { $case: 'start', start: { input, number: first } } }, { body: { $case: 'continue', continue: { number: next } } }])) },
  { weight: 2, arbitrary: fc.record({ pipeline: fc.record({ name }), input: leaf, update: fc.boolean(), outputBranch: branchName }).map(init => aim(pps.APIDefinition, D.createPipeline, [init])) },
  { weight: 1, arbitrary: text.map(json => aim(pps.APIDefinition, D.createPipelineV2, [{ createPipelineRequestJson: json }])) },
)

const flaw = fc.record({ at: fc.nat(), bytes: fc.uint8Array({ maxLength: 4 }), removed: fc.integer({ min: 0, max: 4 }) })
/** A message with some of its bytes changed. */
const mutated = fc.tuple(aimed.map(({ messages }) => messages[0] ?? Buffer.alloc(0)), fc.array(flaw, { minLength: 1, maxLength: 4 })).map(([bytes, flaws]) =>
  flaws.reduce((now, { at, bytes: inserted, removed }) => Buffer.concat([now.subarray(0, at % (now.length + 1)), inserted, now.subarray((at % (now.length + 1)) + removed)]), bytes),
)
const bytes = fc.oneof(fc.uint8Array({ maxLength: 80 }).map(value => Buffer.from(value)), wellFormed, mutated)

const isDeleteAll = ({ path: of }: { path: string }) => of.endsWith('/DeleteAll')
const anyMethod = fc.oneof({ weight: 80, arbitrary: fc.constantFrom(...METHODS.filter(method => !isDeleteAll(method))) }, { weight: 1, arbitrary: fc.constantFrom(...METHODS.filter(isDeleteAll)) })
const target = fc.oneof({ weight: 3, arbitrary: aimed }, { weight: 2, arbitrary: fc.record({ method: anyMethod, messages: fc.array(bytes, { maxLength: 4 }) }) })
const call = fc.record({
  target,
  /** Whether the client ends its side, and how many answers it reads before it leaves. */
  ends: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  reads: fc.integer({ min: 0, max: 5 }),
  transaction: rarely(text.filter(value => /^[\x21-\x7e]+$/.test(value))),
})
type Call = typeof call extends fc.Arbitrary<infer T> ? T : never

const PATIENCE_MS = 250
const same = (raw: Buffer): Buffer => raw

/** Makes one call as its description says, and gives how it ended. */
function perform({ client, metadata: own }: WireClient, { target: { method, messages }, ends, reads, transaction: id }: Call): Promise<{ code: status; details: string }> {
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
          expect(isDamaged || code !== status.INTERNAL, `${calls[i]?.target.method.path}: ${code} ${details}`).toBe(true)
        })
        await isInOrder(now())
        if (++rounds === Math.ceil(ROUNDS / 4)) before = memoryBytes()
      }),
      { numRuns: ROUNDS, endOnFailure: true, ...(SEED !== undefined && { seed: Number(SEED) }), ...(PATH !== undefined && { path: PATH }) },
    )

    expect(memoryBytes() - before).toBeLessThan(48 * 1024 * 1024)
    client.close()
    await pachd.stop()
    expect(await problemsOf(dataDir)).toEqual([])
  })
})
