/** The ways to a pachd: TCP, TLS with a certificate authority of one's own, a UNIX socket, and compressed answers. */
import { compressionAlgorithms, Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js'
import { grpcService, pfs } from '@jupyterlab-pachyderm/pachd-proto'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { createPachdClient, repoReference, type PachdClientOptions } from '../src/index.js'

const description = 'words that compress well '.repeat(10_000)
let folder: string
let server: Server | undefined

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'transports-'))
})

afterEach(async () => {
  server?.forceShutdown()
  server = undefined
  await rm(folder, { recursive: true, force: true })
})

async function serve(target: string, credentials: ServerCredentials, options = {}): Promise<number> {
  const serving = (server = new Server(options))
  serving.addService(grpcService(pfs.APIDefinition), {
    inspectRepo: (_: ServerUnaryCall<pfs.InspectRepoRequest, pfs.RepoInfo>, reply: sendUnaryData<pfs.RepoInfo>) => reply(null, pfs.RepoInfo.fromPartial({ description })),
  })
  return new Promise((resolve, reject) => {
    serving.bindAsync(target, credentials, (error, port) => (error ? reject(error) : resolve(port)))
  })
}

async function askFor(options: PachdClientOptions): Promise<string> {
  const client = createPachdClient({ timeoutMs: 5_000, ...options })
  try {
    return (await client.pfs.inspectRepo({ repo: repoReference({ name: 'r' }) })).description
  } finally {
    client.close()
  }
}

/** A certificate for localhost that signs for itself. */
async function selfSigned(): Promise<{ key: Buffer; certificate: Buffer }> {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate], { stdio: 'ignore' })
  return { key: await readFile(key), certificate: await readFile(certificate) }
}

test('a pachd behind a certificate of its own is reached with server_cas, and refused without', async () => {
  const { key, certificate } = await selfSigned()
  const port = await serve('127.0.0.1:0', ServerCredentials.createSsl(null, [{ private_key: key, cert_chain: certificate }]))
  const address = `grpcs://localhost:${port}`

  expect(await askFor({ address, serverCas: certificate.toString('base64') })).toBe(description)
  await expect(askFor({ address, timeoutMs: 1_500 })).rejects.toMatchObject({ code: expect.stringMatching(/UNAVAILABLE|DEADLINE_EXCEEDED/) as string })
})

test('certificates that are none are refused before anything is sent', () => {
  expect(() => createPachdClient({ address: 'grpcs://localhost', serverCas: Buffer.from('no certificate').toString('base64') })).toThrow('server_cas should be the base64 encoding of CA certificates in PEM form')
})

test('a UNIX socket is reached by its path', async () => {
  const path = join(folder, 'pachd.sock')
  await serve(`unix:${path}`, ServerCredentials.createInsecure())

  expect(await askFor({ address: `unix:${path}` })).toBe(description)
})

test('compressed answers are understood', async () => {
  const port = await serve('127.0.0.1:0', ServerCredentials.createInsecure(), { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip })

  expect(await askFor({ address: `127.0.0.1:${port}` })).toBe(description)
})

test('a token travels as metadata of every call', async () => {
  const serving = (server = new Server())
  const seen: unknown[] = []
  serving.addService(grpcService(pfs.APIDefinition), {
    inspectRepo(call: ServerUnaryCall<pfs.InspectRepoRequest, pfs.RepoInfo>, reply: sendUnaryData<pfs.RepoInfo>) {
      seen.push(call.metadata.get('authn-token'))
      reply(null, pfs.RepoInfo.fromPartial({}))
    },
  })
  const port = await new Promise<number>((resolve, reject) => serving.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound))))
  const client = createPachdClient({ address: `127.0.0.1:${port}`, token: 'first' })
  const ask = () => client.pfs.inspectRepo({ repo: repoReference({ name: 'r' }) })

  await ask()
  client.setToken('second')
  await ask()
  client.setToken(undefined)
  await ask()
  client.close()

  expect(seen).toEqual([['first'], ['second'], []])
})
