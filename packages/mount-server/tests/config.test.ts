import { startEmbeddedPachd } from '@jupyterlab-pachyderm/pachd-embedded'
import { PachdError, updateConfigFile } from '@jupyterlab-pachyderm/pachd-client'
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'

import { followConfig } from '../src/index.js'
import { startPachdBorder } from './pachd-border.js'
import { testPachd, type TestPachd } from './running-server.js'
import { type AppOptions, serveApp, type ServingApp } from './serving-app.js'

let first: TestPachd
let second: TestPachd

beforeAll(async () => {
  ;[first, second] = [await testPachd(), await testPachd()]
  await first.repo('cats', { '/a': '1' })
  await second.repo('dogs', { '/b': '2' })
})
afterAll(async () => {
  await first.stop()
  await second.stop()
})

/** A config file with both clusters and things that this product does not know. */
async function newConfig(content: unknown = { user_id: 'me', future: [1], v2: { active_context: 'one', metrics: false, contexts: { one: { pachd_address: first.client.address, colour: 'red' }, two: { pachd_address: second.client.address } } } }): Promise<string> {
  const path = join(first.folder, `${randomUUID()}.json`)
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o644 })
  return path
}

async function serve(options: Partial<AppOptions> = {}): Promise<ServingApp & { config: string }> {
  const config = options.config ?? (await newConfig())
  const served = await serveApp({ folder: first.folder, ...options, config })
  onTestFinished(() => served.stop())
  return { ...served, config }
}

async function follow({ connection, fileSystem }: ServingApp): Promise<void> {
  const following = await followConfig({ connection, isIdle: () => fileSystem.mounts.list().length === 0, arrived: () => Promise.resolve() })
  onTestFinished(() => following.stop())
}

const readJson = async (path: string) => JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>

describe('contexts', () => {
  test('all contexts are listed without their tokens, with the active one and the one in use', async () => {
    const config = await newConfig({ v2: { active_context: 'one', contexts: { one: { pachd_address: first.client.address, session_token: 'canary' }, bare: {} } } })
    const { call } = await serve({ config })

    const answer = await call('GET', '/contexts')

    expect(answer.json()).toEqual({
      file: config, active: 'one', connected: 'one',
      contexts: [
        { name: 'one', pachd_address: first.client.address, has_token: true, project: null },
        { name: 'bare', pachd_address: null, has_token: false, project: null },
      ],
    })
    expect(answer.text).not.toContain('canary')
  })

  test('choosing another context connects to it, and the file keeps what is not ours, for its owner only', async () => {
    const { call, config } = await serve()

    expect((await call('PUT', '/contexts/_activate', { context: 'two' })).json()).toEqual({ cluster_status: 'AUTH_DISABLED', pachd_address: second.client.address })

    expect((await call('GET', '/repos')).text).toContain('dogs')
    expect(await readJson(config)).toEqual({ user_id: 'me', future: [1], v2: { active_context: 'two', metrics: false, contexts: { one: { pachd_address: first.client.address, colour: 'red' }, two: { pachd_address: second.client.address } } } })
    expect((await stat(config)).mode & 0o777).toBe(0o600)
  })

  test('what was written is committed to the cluster that is left', async () => {
    const { call, write } = await serve()
    await call('PUT', '/_mount', { mounts: [{ name: 'w', repo: 'cats', mode: 'rw' }] })
    await write('/w/kept', 'yes')

    expect((await call('PUT', '/contexts/_activate', { context: 'two' })).status).toBe(200)

    expect(await first.read('cats', '/kept')).toBe('yes')
    expect((await call('GET', '/mounts')).json()['mounted']).toEqual([])
  })

  test('when it cannot be committed the cluster stays, and nothing is lost', async () => {
    const { call, write, names, config } = await serve()
    await call('PUT', '/_mount', { mounts: [{ name: 'w', repo: 'cats', mode: 'rw' }] })
    await write('/w/bad[1]', 'x')

    expect((await call('PUT', '/contexts/_activate', { context: 'two' })).json()).toMatchObject({ code: 'COMMIT_FAILED', message: expect.stringContaining('are kept') as string })

    expect((await call('GET', '/config')).json()).toMatchObject({ pachd_address: first.client.address })
    expect(await names('/w')).toContain('bad[1]')
    expect(await readJson(config)).toMatchObject({ v2: { active_context: 'one' } })
  })

  test('a context that is not there, and one without an address, are refused', async () => {
    const { call } = await serve({ config: await newConfig({ v2: { contexts: { bare: {} } } }) })

    expect(await call('PUT', '/contexts/_activate', { context: 'none' })).toMatchObject({ status: 404, text: expect.stringContaining('GET /contexts lists them') as string })
    expect((await call('PUT', '/contexts/_activate', { context: 'bare' })).json()).toMatchObject({ code: 'BAD_REQUEST' })
  })
})

describe('a config file that changes', () => {
  test('a server without a cluster uses the one that appears', async () => {
    const config = join(first.folder, `${randomUUID()}.json`)
    const served = await serve({ config })
    await follow(served)
    expect((await served.call('GET', '/repos')).status).toBe(404)

    await newConfig().then(path => readFile(path, 'utf8')).then(text => writeFile(config, text))

    await vi.waitFor(async () => expect((await served.call('GET', '/repos')).text).toContain('cats'), { timeout: 20_000 })
  })

  test('the active context of pachctl is followed while nothing is mounted', async () => {
    const served = await serve()
    await follow(served)

    await updateConfigFile(served.config, config => (config.v2!.active_context = 'two'))

    await vi.waitFor(async () => expect((await served.call('GET', '/repos')).text).toContain('dogs'), { timeout: 20_000 })
  })

  test('a mount is not taken away by it: the cluster stays, and the problem is said', async () => {
    const served = await serve()
    await follow(served)
    await served.call('PUT', '/_mount', { mounts: [{ name: 'm', repo: 'cats' }] })

    await updateConfigFile(served.config, config => (config.v2!.active_context = 'two'))

    await vi.waitFor(async () => expect((await served.call('GET', '/contexts')).json()).toMatchObject({ active: 'two', connected: 'one', problem: expect.stringContaining('stays in use') as string }), { timeout: 20_000 })
    expect(await served.names('/m')).toContain('a')
  })

  test('a file that breaks is a problem, and the cluster stays', async () => {
    const problems: string[] = []
    const served = await serve({ onProblem: problem => problems.push(problem) })
    await follow(served)

    await writeFile(served.config, '{"v2":')

    await vi.waitFor(() => expect(problems).toEqual([expect.stringContaining('is not JSON')]), { timeout: 20_000 })
    expect((await served.call('GET', '/contexts')).json()).toMatchObject({ contexts: [], connected: 'one', problem: expect.stringContaining('is not JSON') as string })
    expect((await served.call('GET', '/repos')).status).toBe(200)
    expect(await readFile(served.config, 'utf8')).toBe('{"v2":')
  })
})

test('changes of the file at the same time are all in it', async () => {
  const { connection, config } = await serve()

  await Promise.all([...Array.from({ length: 20 }, (_, index) => connection.storeToken(`token-${String(index)}`)), connection.change(second.client.address, undefined, () => Promise.resolve())])

  expect(await readJson(config)).toMatchObject({ future: [1], v2: { active_context: 'mount-server', contexts: { one: { session_token: 'token-19', colour: 'red' }, two: {}, 'mount-server': { pachd_address: second.client.address } } } })
})

test('what a pachctl writes into the file while the server does is in it, too', async () => {
  const { connection, config } = await serve()
  const pachctl = async () => {
    for (let index = 0; index < 10; index++) {
      const content = JSON.parse(readFileSync(config, 'utf8')) as { v2: { contexts: Record<string, object> } }
      content.v2.contexts[`pachctl-${String(index)}`] = { pachd_address: 'grpc://elsewhere:30650', unknown: index }
      writeFileSync(`${config}.pachctl`, JSON.stringify(content))
      renameSync(`${config}.pachctl`, config)
      await stat(config)
      for (let turns = 0; turns < 20; turns++) await turn()
    }
  }

  await Promise.all([pachctl(), ...Array.from({ length: 20 }, (_, index) => connection.storeToken(`token-${String(index)}`)), connection.change(second.client.address, undefined, () => Promise.resolve())])

  const { v2 } = (await readJson(config)) as { v2: { active_context: string; contexts: Record<string, object> } }
  expect(Object.keys(v2.contexts).sort()).toEqual(['mount-server', 'one', ...Array.from({ length: 10 }, (_, index) => `pachctl-${String(index)}`), 'two'])
  expect(v2).toMatchObject({ active_context: 'mount-server', metrics: false, contexts: { one: { colour: 'red', session_token: 'token-19' }, 'pachctl-9': { unknown: 9 } } })
})

test('a pachd behind a certificate of its own is reached with its CA, now and after a start, and not without', async () => {
  const place = await mkdtemp(join(second.folder, 'tls-'))
  const [keyFile, certificateFile] = [join(place, 'key.pem'), join(place, 'certificate.pem')]
  await promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', keyFile, '-out', certificateFile])
  const tls = { key: await readFile(keyFile), cert: await readFile(certificateFile) }
  const pachd = await startPachdBorder(second.pachd.address, { tls })
  onTestFinished(() => pachd.stop())
  const { call, config } = await serve()

  expect(await call('PUT', '/config', { pachd_address: pachd.address })).toMatchObject({ status: 500, text: expect.stringContaining('cannot be reached') as string })
  expect((await call('GET', '/repos')).text).toContain('cats')
  const server_cas = tls.cert.toString('base64')
  expect(await call('PUT', '/config', { pachd_address: pachd.address, server_cas })).toMatchObject({ status: 200 })

  expect((await call('GET', '/repos')).text).toContain('dogs')
  expect(await readJson(config)).toMatchObject({ v2: { active_context: 'mount-server', contexts: { 'mount-server': { pachd_address: pachd.address, server_cas } } } })
  const later = await serve({ config })
  expect((await later.call('GET', '/repos')).text).toContain('dogs')
})

test('a pachd that was away at the start is used when it is there, without anybody asking', async () => {
  const place = await mkdtemp(join(first.folder, 'late-'))
  const early = await startEmbeddedPachd({ dataDir: join(place, 'pachd'), port: 0 })
  const port = Number(new URL(early.address.replace('grpc:', 'http:')).port)
  await early.stop()
  const served = await serve({ config: await newConfig({ v2: { active_context: 'c', contexts: { c: { pachd_address: early.address } } } }) })
  await follow(served)
  expect((await served.call('GET', '/contexts')).json()['problem']).toContain('cannot be reached')

  const late = await startEmbeddedPachd({ dataDir: join(place, 'pachd'), port })
  onTestFinished(() => late.stop())

  await vi.waitFor(async () => expect((await served.call('GET', '/repos')).status).toBe(200), { timeout: 30_000, interval: 200 })
  expect((await served.call('GET', '/contexts')).json()['problem']).toBeUndefined()
})

describe('settings that cannot be used', () => {
  test.each([
    ['no file', undefined, undefined],
    ['a broken file', '{', 'is not JSON'],
    ['a file without contexts', '{"v2": {"active_context": "gone"}}', 'does not exist'],
    ['an address that nothing answers', '{"v2": {"active_context": "a", "contexts": {"a": {"pachd_address": "grpc://127.0.0.1:1"}}}}', 'cannot be reached'],
  ])('%s: the server works without a cluster and says so', async (_name, content, problem) => {
    const { call } = await serve({ config: content === undefined ? join(first.folder, `${randomUUID()}.json`) : await newConfig(content) })

    expect((await call('GET', '/health')).status).toBe(200)
    expect((await call('GET', '/repos')).status).toBe(404)
    expect((await call('GET', '/contexts')).json()['problem']).toEqual(problem === undefined ? undefined : expect.stringContaining(problem))
  })

  test.each([
    ['', 400, 'empty'],
    ['host/path', 400, 'should not include a path'],
    ['ftp://host', 400, 'unrecognized scheme'],
    ['user@host', 400, 'login credentials'],
    ['127.0.0.1:1', 500, 'cannot be reached'],
    ['no-such-host.invalid', 500, 'no-such-host.invalid'],
  ])('PUT /config to "%s" is %i and gives the reason', async (address, status, reason) => {
    const { call } = await serve()

    expect(await call('PUT', '/config', { pachd_address: address })).toMatchObject({ status, text: expect.stringContaining(reason) as string })
    expect((await call('GET', '/repos')).status).toBe(200)
  })

  test('an address where something else listens is answered with the reason, and is not waited for longer than 5 s', async () => {
    const silent = createServer(socket => socket.on('error', () => undefined)).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    onTestFinished(() => {
      silent.close()
    })
    const bound = silent.address()
    const port = typeof bound === 'object' && bound ? bound.port : 0
    const { call } = await serve()

    const answer = await Promise.race([call('PUT', '/config', { pachd_address: `127.0.0.1:${String(port)}` }), new Promise<void>(resolve => setTimeout(resolve, 5000))])

    expect(answer).toMatchObject({ status: 500, text: expect.stringContaining('check host, port and scheme') as string })
  })

  test('CA certificates that are none are refused', async () => {
    const { call } = await serve()

    expect(await call('PUT', '/config', { pachd_address: 'grpcs://127.0.0.1:1', server_cas: 'bm8=' })).toMatchObject({ status: 500, text: expect.stringContaining('server_cas') as string })
  })
})

describe('the environment', () => {
  test('PACHD_ADDRESS counts before the file, PACH_CONTEXT before the active context', async () => {
    const byAddress = await serve({ env: { PACHD_ADDRESS: second.client.address } })
    expect((await byAddress.call('GET', '/config')).json()).toMatchObject({ pachd_address: second.client.address })

    const byContext = await serve({ env: { PACH_CONTEXT: 'two' } })
    expect((await byContext.call('GET', '/config')).json()).toMatchObject({ pachd_address: second.client.address })
  })

  test('a PACH_CONTEXT that does not exist is a problem', async () => {
    const { connection } = await serve({ env: { PACH_CONTEXT: 'none' } })

    await expect(connection.connectFromConfig()).rejects.toBeInstanceOf(PachdError)
    expect(connection.problem).toContain('PACH_CONTEXT')
  })
})
