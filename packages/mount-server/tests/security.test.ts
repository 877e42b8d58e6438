/** The threats of who asks the server, one test each; the numbers are those of the threat table. Those of pachd and of this machine are in hostile-surroundings.test.ts. */
import { auth } from '@jupyterlab-pachyderm/pachd-proto'
import { startEmbeddedPachd, type EmbeddedPachd } from '@jupyterlab-pachyderm/pachd-embedded'
import { createPachdClient, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'
import { routes } from '@jupyterlab-pachyderm/mount-api'
import { execFile, spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'

import { type PachdBorder, startPachdBorder } from './pachd-border.js'
import { testPachd, type TestPachd } from './running-server.js'
import { isMounted, send, startProcess, untilAnswers } from './server-process.js'
import { type AppOptions, serveApp, type ServingApp } from './serving-app.js'

const ROOT_TOKEN = 'canary-root-token-5f2c'
const run = promisify(execFile)
let open: TestPachd
let folder: string
let guarded: EmbeddedPachd
let root: PachdClient

beforeAll(async () => {
  open = await testPachd()
  await open.repo('cats', { '/a': 'meow' })
  folder = await mkdtemp(join(tmpdir(), 'mount-server-security-'))
  guarded = await startEmbeddedPachd({ dataDir: join(folder, 'pachd'), port: 0, rootToken: ROOT_TOKEN })
  root = createPachdClient({ address: guarded.address, token: ROOT_TOKEN })
})
afterAll(async () => {
  root.close()
  await guarded.stop()
  await open.stop()
  await rm(folder, { recursive: true, force: true })
})

async function serve(options: Partial<AppOptions> = {}): Promise<ServingApp> {
  const served = await serveApp({ config: open.config, folder, ...options })
  onTestFinished(() => served.stop())
  return served
}

async function writeConfig(contexts: Record<string, object>, active: string, mode = 0o600): Promise<string> {
  const path = join(folder, `${randomUUID()}.json`)
  await writeFile(path, JSON.stringify({ v2: { active_context: active, contexts } }), { mode })
  return path
}

async function border(): Promise<PachdBorder> {
  const started = await startPachdBorder(guarded.address)
  onTestFinished(() => started.stop())
  return started
}

const start = (args: readonly string[], options: { config?: string; folder?: string; env?: Record<string, string> } = {}) => startProcess(args, { config: open.config, ...options })

/** What every route is asked in these tests. */
const requests = Object.values(routes).map(({ method, url }) => ({ method: method as 'GET' | 'PUT', url: url.replace(/[:][a-z]+|\*/g, 'x') }))

test('T1: TCP is on loopback only, and any other address needs a token file', async () => {
  const refused = await start(['--host', '0.0.0.0', '--port', '0'])
  const server = await start(['--port', '0', '--log-format', 'json', '--no-fuse'])

  expect([await refused.exit, refused.log()]).toEqual([1, expect.stringContaining('give a --token-file')])
  const port = await vi.waitFor(() => Number(/"address":"http:\/\/127\.0\.0\.1:(\d+)"/.exec(server.log())![1]), { timeout: 20_000 })
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const listening = (await Promise.all(['tcp', 'tcp6'].map(table => readFile(`/proc/net/${table}`, 'utf8')))).join('\n').split('\n').flatMap(line => (line.includes(`:${hex} `) && line.split(/\s+/)[4] === '0A' ? [line.split(/\s+/)[2]!.split(':')[0]] : []))
  expect(listening).not.toEqual([])
  expect(['0100007F', '00000000000000000000000001000000']).toEqual(expect.arrayContaining(listening))
})

test('T2: another user of the machine cannot connect to the socket', async () => {
  const server = await start(['--no-fuse'])
  await untilAnswers(server)
  await chmod(server.folder, 0o755)

  const other = spawnSync('/usr/bin/python3', ['-c', 'import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])', server.socket], { uid: 65534, gid: 65534, cwd: '/' })

  expect(other.stderr.toString()).toContain('PermissionError')
  expect((await stat(server.socket)).mode & 0o777).toBe(0o600)
})

describe('T3: what others put in the place of the socket is refused by name', () => {
  test.each([
    ['a file', (path: string) => writeFile(path, ''), 'is not a socket'],
    ['a link', (path: string) => symlink('/tmp/elsewhere.sock', path), 'is not a socket'],
    ['a pipe', (path: string) => run('mkfifo', [path]), 'is not a socket'],
    ['a directory that anybody may write', async (path: string) => { await chmod(join(path, '..'), 0o777) }, 'others could replace the socket'],
    ['a directory of another user', (path: string) => run('chown', ['65534', join(path, '..')]), 'others could replace the socket'],
    ['a socket of another user', async (path: string) => {
      const other = createServer().listen(path)
      await once(other, 'listening')
      onTestFinished(() => void other.close())
      await run('chown', ['65534', path])
    }, 'socket of another user'],
  ])('%s', async (_what, plant, reason) => {
    const place = await mkdtemp(join(folder, 'place-'))
    await plant(join(place, 'pfs.sock'))

    const server = await start(['--no-fuse', '--sock-path', join(place, 'pfs.sock')])

    expect([await server.exit, server.log()]).toEqual([1, expect.stringContaining(reason)])
  })
})

describe('T4: a page of another site can neither read nor change anything', () => {
  test.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { origin: 'http://localhost.evil.example' },
    // Another server of this machine: the same host, and another port or scheme.
    { host: 'localhost:9002', origin: 'http://localhost:3000' },
    { host: 'localhost:9002', origin: 'http://localhost' },
    { host: 'localhost:9002', origin: 'https://localhost:9002' },
    { host: 'localhost:9002', origin: 'ftp://localhost:9002' },
    { host: 'localhost:9002', origin: 'http://127.0.0.1:9002' },
    { host: 'localhost:9002', origin: 'http://localhost:9002@evil.example' },
    { host: 'localhost:9002', 'sec-fetch-site': 'same-site' },
    { host: 'localhost:9002', referer: 'http://localhost:3000/page' },
    // Pages cannot be believed where they say which host was meant.
    { host: 'localhost:9002', origin: 'https://evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
    { host: 'localhost:9002', origin: 'https://localhost:9002', 'x-forwarded-proto': 'https' },
  ])('%j', async headers => {
    const { call, fileSystem } = await serve()
    await call('PUT', '/_mount', { mounts: [{ name: 'm', repo: 'cats' }] })

    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      for (const { method, url } of requests) expect((await call(method, url, '{}', { ...headers, 'content-type': type })).status, `${method} ${url}`).toBe(403)
    }
    expect(fileSystem.mounts.listedNames()).toEqual(['m'])
  })

  test.each([
    { host: 'localhost:9002', origin: 'http://localhost:9002' },
    { host: 'LOCALHOST:9002', origin: 'http://localhost:9002' },
    { host: 'localhost.:9002', origin: 'http://localhost.:9002' },
    { host: 'localhost', origin: 'http://localhost:80' },
    { host: '[::1]:9002', origin: 'http://[::1]:9002' },
    { host: '[0:0:0:0:0:0:0:1]:9002', origin: 'http://[::1]:9002' },
    { host: 'localhost:9002', 'sec-fetch-site': 'same-origin', referer: 'http://localhost:9002/files/m/a' },
    { host: 'localhost:9002', 'sec-fetch-site': 'none' },
  ])('a page of this server may: %j', async headers => {
    const { call } = await serve()

    expect((await call('PUT', '/_mount', { mounts: [] }, headers)).status).toBe(200)
  })

  test('behind a proxy that ends TLS, pages of the same host and port may, with the token', async () => {
    const { call } = await serve({ token: 'secret' })
    const headers = { host: 'hub.example', 'x-forwarded-proto': 'https', authorization: 'Bearer secret' }

    expect((await call('GET', '/config', undefined, { ...headers, origin: 'https://hub.example' })).status).toBe(200)
    for (const origin of ['https://hub.example:8443', 'http://hub.example', 'https://other.example']) expect((await call('GET', '/config', undefined, { ...headers, origin })).status, origin).toBe(403)
  })

  test('a GET changes nothing, and no answer invites other sites', async () => {
    const { call, fileSystem } = await serve()
    await call('PUT', '/_mount', { mounts: [{ name: 'm', repo: 'cats' }] })
    const config = await readFile(open.config, 'utf8')

    for (const { url } of requests.filter(({ method, url }) => method === 'GET' && url !== '/events')) expect((await call('GET', url)).headers['access-control-allow-origin']).toBeUndefined()

    expect([fileSystem.mounts.listedNames(), await readFile(open.config, 'utf8')]).toEqual([['m'], config])
    expect((await call('OPTIONS' as 'GET', '/_mount', undefined, { 'access-control-request-method': 'PUT' })).status).toBeGreaterThanOrEqual(400)
  })
})

test('T5: under a host name that was pointed at this machine, nothing is answered', async () => {
  const { app } = await serve()
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const ask = async (request: string) => {
    const socket = connect(port, '127.0.0.1')
    socket.write(`${request}\r\nConnection: close\r\n\r\n`)
    let text = ''
    for await (const part of socket) text += String(part)
    return Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1])
  }

  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', 'localhost@evil.example', 'evil.example:80', '[::2]', '', 'localhost\r\nHost: evil.example', 'evil.example\r\nHost: localhost']) {
    expect(await ask(`GET /config HTTP/1.1\r\nHost: ${host}`), host).toBeGreaterThanOrEqual(400)
  }
  expect(await ask('GET /config HTTP/1.1')).toBeGreaterThanOrEqual(400)
  for (const [target, host] of [['evil.example', 'evil.example'], ['evil.example', 'localhost'], ['localhost:1', 'localhost'], ['localhost@evil.example', 'localhost'], ['localhost', 'evil.example']]) {
    expect(await ask(`GET http://${target!}/config HTTP/1.1\r\nHost: ${host!}`), target).toBe(403)
  }
  expect(await ask('GET https://localhost/config HTTP/1.1\r\nHost: localhost')).toBe(403)
  expect(await ask('GET http://LOCALHOST/config HTTP/1.1\r\nHost: localhost')).toBe(200)
  expect(await ask(`GET /config HTTP/1.1\r\nHost: localhost:${String(port)}`)).toBe(200)
})

test('T5: on a UNIX socket, which no page reaches, the host may be called anything', async () => {
  const { app } = await serve()
  const path = join(await mkdtemp(join(folder, 'socket-')), 's.sock')
  await app.listen({ path })

  const socket = connect(path)
  socket.write('GET /config HTTP/1.1\r\nHost: pfs\r\nConnection: close\r\n\r\n')
  let text = ''
  for await (const part of socket) text += String(part)

  expect(text).toMatch(/^HTTP\/1\.1 200/)
})

describe('T6: another user of the machine who reaches the port is refused without the token', () => {
  test('it is made new, 256 bits long, and for its user only; without it every route but /health is 401', async () => {
    const tokenFile = join(folder, randomUUID(), 'token')
    const server = await start(['--no-fuse', '--token-file', tokenFile])
    await untilAnswers(server, '/health')
    const token = (await readFile(tokenFile, 'utf8')).trim()

    expect([token, (await stat(tokenFile)).mode & 0o777]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), 0o600])
    for (const { method, url } of requests.filter(({ url }) => url !== '/health')) {
      for (const authorization of [undefined, `Bearer ${'0'.repeat(64)}`, `Basic ${token}`]) {
        expect((await send({ socketPath: server.socket }, method, url, {}, authorization === undefined ? {} : { authorization })).status, `${method} ${url}`).toBe(401)
      }
    }
    expect((await send({ socketPath: server.socket }, 'GET', '/config', undefined, { authorization: `Bearer ${token}` })).status).toBe(200)
  })

  // The program gives up its rights before it connects; the kernel then knows it by the other user.
  const callAs = async (uid: number, port: number, { host = '127.0.0.1', family = 'AF_INET' } = {}) => {
    const program = `import socket, sys
s = socket.socket(socket.${family}); s.connect(("${host}", ${String(port)}))
s.sendall(b"PUT /_mount HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 13\\r\\nConnection: close\\r\\n\\r\\n" + b'{"mounts":[]}')
print(b"".join(iter(lambda: s.recv(4096), b"")).decode())`
    const { stdout } = await run('setpriv', [`--reuid=${String(uid)}`, `--regid=${String(uid)}`, '--clear-groups', '/usr/bin/python3', '-c', program], { cwd: '/' })
    return stdout
  }
  const portOf = (server: { log: () => string }) => vi.waitFor(() => Number(/http:\/\/127\.0\.0\.1:(\d+)/.exec(server.log())![1]), { timeout: 20_000 })

  test('without a token the kernel says who calls: its own user and root may, others are refused with the way out', async () => {
    const server = await start(['--no-fuse', '--port', '0'])
    const port = await portOf(server)
    await vi.waitFor(async () => expect((await send({ port }, 'GET', '/mounts')).status).toBe(200), { timeout: 20_000 })

    for (const way of [{}, { host: '::1', family: 'AF_INET6' }, { host: '::ffff:127.0.0.1', family: 'AF_INET6' }]) {
      expect(await callAs(65534, port, way), way.host).toMatch(/^HTTP\/1\.1 403 [^]*user 65534 of this machine called[^]*--token-file[^]*--allow-uid 65534/)
      expect(await callAs(0, port, way), way.host).toMatch(/^HTTP\/1\.1 200 /)
    }
  })

  test('a user that the options allow may call, and no third one', async () => {
    const server = await start(['--no-fuse', '--port', '0', '--allow-uid', '65534'])
    const port = await portOf(server)
    await vi.waitFor(async () => expect((await send({ port }, 'GET', '/mounts')).status).toBe(200), { timeout: 20_000 })

    expect(await callAs(65534, port)).toMatch(/^HTTP\/1\.1 200 /)
    expect(await callAs(65533, port)).toMatch(/^HTTP\/1\.1 403 /)
  })

  test('one who sends and closes at once does not pass for root', async () => {
    const server = await start(['--no-fuse', '--port', '0', '--log-level', 'info'])
    const port = await portOf(server)
    await vi.waitFor(async () => expect((await send({ port }, 'GET', '/mounts')).status).toBe(200), { timeout: 20_000 })
    const program = `import socket
for i in range(200):
    s = socket.create_connection(("127.0.0.1", ${String(port)}))
    s.sendall(b"PUT /_unmount_all HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 0\\r\\n\\r\\n"); s.close()`

    await run('setpriv', ['--reuid=65534', '--clear-groups', '/usr/bin/python3', '-c', program], { cwd: '/' })

    await vi.waitFor(() => expect(server.log().match(/request refused/g)?.length).toBe(200), { timeout: 20_000 })
    expect(server.log()).not.toContain('status: 200')
  })

  test('where the kernel does not say who calls, nobody may before an option says so', async () => {
    const hidden = async (...args: string[]) => {
      const main = new URL('../src/main.ts', import.meta.url).pathname
      const command = ['--import', 'tsx', '-C', '@jupyterlab-pachyderm/source', main, '--no-fuse', '--port', '0', ...args]
      // An empty directory in the place of the kernel's network tables, for this process alone.
      const child = spawn('unshare', ['--mount', 'sh', '-c', 'mount --bind /var/empty "/proc/$$/net" 2>/dev/null || mount -t tmpfs none "/proc/$$/net" || exit 9; exec "$0" "$@"', process.execPath, ...command], { env: { PATH: process.env['PATH'], PACH_CONFIG: open.config, HOME: folder, XDG_STATE_HOME: join(folder, randomUUID()) }, cwd: import.meta.dirname })
      let log = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (log += text.toString()))
      onTestFinished(async () => {
        child.kill('SIGKILL')
        await once(child, 'exit')
      })
      return portOf({ log: () => log })
    }

    expect((await send({ port: await hidden() }, 'PUT', '/_mount', { mounts: [] }))).toMatchObject({ status: 403, text: expect.stringContaining('--allow-uid any') as string })
    const port = await hidden('--allow-uid', 'any')
    await vi.waitFor(async () => expect((await send({ port }, 'PUT', '/_mount', { mounts: [] })).status).toBe(200), { timeout: 20_000 })
  })

  test.each([
    ['that others can read', async (path: string) => { await writeFile(path, 'secret', { mode: 0o644 }) }, 'chmod 600'],
    ['that is a link', (path: string) => symlink('/etc/hostname', path), 'is a link'],
    ['that is empty', (path: string) => writeFile(path, '', { mode: 0o600 }), 'is empty'],
  ])('a token file %s is refused', async (_what, plant, reason) => {
    const path = join(folder, randomUUID())
    await plant(path)

    const server = await start(['--no-fuse', '--token-file', path])

    expect([await server.exit, server.log()]).toEqual([1, expect.stringContaining(reason)])
  })
})

test('T9: the token of one cluster is never sent to another', async () => {
  const recorder = await border()
  const config = await writeConfig({ mine: { pachd_address: guarded.address, session_token: ROOT_TOKEN } }, 'mine')
  const { call } = await serve({ config })
  expect((await call('GET', '/auth')).json()).toMatchObject({ user: 'pach:root' })

  expect((await call('PUT', '/config', { pachd_address: recorder.address })).status).toBe(200)

  expect((await call('GET', '/auth')).json()).toEqual({ state: 'logged-out', user: null })
  expect((await call('GET', '/repos')).status).toBe(401)
  expect(recorder.tokens).toEqual([])
})

test('T9: a login that ends after the cluster was changed gives its token to nobody', async () => {
  const [scripted, recorder] = [await border(), await border()]
  let finish: () => void = () => undefined
  scripted.answer('/auth_v2.API/Authenticate', auth.AuthenticateResponse.encode({ pachToken: ROOT_TOKEN }).finish(), new Promise(resolve => (finish = resolve)))
  const { call } = await serve({ config: await writeConfig({ mine: { pachd_address: scripted.address } }, 'mine') })
  const login = call('PUT', '/auth/_login_token', { oidc: 's' })
  expect((await call('PUT', '/config', { pachd_address: recorder.address })).status).toBe(200)

  finish()

  expect((await login).status).toBe(500)
  expect((await call('GET', '/auth')).json()).toEqual({ state: 'logged-out', user: null })
  expect(recorder.tokens).toEqual([])
})

test('T10: tokens are in no log, answer, metric or process list', async () => {
  const canaries = { session: ROOT_TOKEN, other: 'canary-other-context-81aa', wrong: 'canary-wrong-token-17bd', dex: 'canary-dex-token-93cc' }
  const config = await writeConfig({ mine: { pachd_address: guarded.address, session_token: canaries.session }, other: { pachd_address: 'grpc://127.0.0.1:1', session_token: canaries.other } }, 'mine')
  const tokenFile = join(folder, randomUUID())
  await writeFile(tokenFile, 'canary-api-token-44ee', { mode: 0o600 })
  const logFile = join(folder, `${randomUUID()}.log`)
  const server = await start(['--no-fuse', '--token-file', tokenFile, '--log-file', logFile, '--log-level', 'debug', '--log-format', 'json'], { config, env: { PATH: process.env['PATH']!, DEX_TOKEN: canaries.dex } })
  await untilAnswers(server, '/health')
  const authorization = 'Bearer canary-api-token-44ee'
  const answers: string[] = []

  for (const headers of [{ authorization }, {}, { authorization: `Bearer ${canaries.wrong}` }]) {
    for (const { method, url } of requests.filter(({ url }) => !['/events', '/auth/_logout'].includes(url))) answers.push((await send({ socketPath: server.socket }, method, url, {}, headers)).text)
  }
  for (const body of [{ session_token: canaries.wrong }, { id_token: canaries.wrong }, `{"session_token": "${canaries.wrong}"`]) answers.push((await send({ socketPath: server.socket }, 'PUT', '/auth/_login_with_token', body, { authorization })).text)
  answers.push((await send({ socketPath: server.socket }, 'PUT', '/contexts/_activate', { context: 'other' }, { authorization })).text)
  const processList = await run('ps', ['-o', 'args=', '-p', String(server.child.pid)])

  const seen = [...answers, server.log(), await readFile(logFile, 'utf8'), processList.stdout, await readFile(`/proc/${String(server.child.pid)}/cmdline`, 'utf8')].join('\n')
  expect(seen).toContain('change requested')
  expect(seen.match(/.{0,80}canary.{0,40}/g)).toBeNull()
})

test('T11: a config file is for its owner only after it was written, and so is its new directory', async () => {
  const path = join(folder, randomUUID(), 'config.json')
  const { call } = await serve({ config: path })

  expect((await call('PUT', '/config', { pachd_address: open.client.address })).status).toBe(200)

  expect([(await stat(path)).mode & 0o777, (await stat(join(path, '..'))).mode & 0o777]).toEqual([0o600, 0o700])
  expect(await readdir(join(path, '..'))).toEqual(['config.json'])
})

test('T12: the answer to a login has the token of this cluster, which clients of the original store, and no other', async () => {
  const scripted = await border()
  scripted.answer('/auth_v2.API/GetOIDCLogin', auth.GetOIDCLoginResponse.encode(auth.GetOIDCLoginResponse.fromPartial({ loginUrl: 'https://idp.example/auth', state: 's' })).finish())
  scripted.answer('/auth_v2.API/Authenticate', auth.AuthenticateResponse.encode({ pachToken: ROOT_TOKEN }).finish())
  const config = await writeConfig({ mine: { pachd_address: scripted.address }, other: { pachd_address: 'grpc://127.0.0.1:1', session_token: 'of-another' } }, 'mine')
  const { call } = await serve({ config })
  expect((await call('PUT', '/auth/_login')).json()).toEqual({ auth_url: 'https://idp.example/auth', oidc_state: 's' })

  const answer = await call('PUT', '/auth/_login_token', { oidc: 's' })

  expect(answer.json()).toMatchObject({ v2: { active_context: 'mine', contexts: { mine: { session_token: ROOT_TOKEN } } } })
  expect(answer.text).not.toContain('of-another')
  expect(JSON.parse(await readFile(config, 'utf8'))).toMatchObject({ v2: { contexts: { mine: { session_token: ROOT_TOKEN }, other: { session_token: 'of-another' } } } })
  expect((await call('GET', '/auth')).json()).toMatchObject({ user: 'pach:root' })
})

test('T13: a login page that is no page is not handed on', async () => {
  const scripted = await border()
  scripted.answer('/auth_v2.API/GetOIDCLogin', auth.GetOIDCLoginResponse.encode(auth.GetOIDCLoginResponse.fromPartial({ loginUrl: 'javascript:alert(1)', state: 's' })).finish())
  const { call } = await serve({ config: await writeConfig({ mine: { pachd_address: scripted.address } }, 'mine') })

  expect(await call('PUT', '/auth/_login')).toMatchObject({ status: 500, text: expect.stringContaining('is no page') as string })
})

test('T15: names and paths of requests lead nowhere else', async () => {
  const { call, fileSystem } = await serve()
  await call('PUT', '/_mount', { mounts: [{ name: 'm', repo: 'cats' }] })
  const names = ['..', '.', '', '/', 'a/b', '../etc', 'a/../../etc', 'a\0b', 'x'.repeat(256), '..\u0000', './m', '/etc/passwd', 'm/']

  for (const name of names) expect((await call('PUT', '/_mount', { mounts: [{ name, repo: 'cats' }] })).status, JSON.stringify(name)).toBe(400)
  for (const repo of ['..', '../cats', 'cats/../dogs', 'cats\0']) expect((await call('PUT', '/_mount', { mounts: [{ name: 'n', repo }] })).status, JSON.stringify(repo)).toBe(400)
  for (const path of ['..', '%2e%2e', '..%2f..%2fetc%2fpasswd', 'm/%2e%2e/%2e%2e/etc/passwd', 'm/..%2f..%2fetc', 'm/a%00', '%c0%ae%c0%ae', 'm/%ff', 'm/\u2025/x']) {
    const answer = await call('GET', `/files/${encodeURI(path).replaceAll('%25', '%')}`)
    expect([answer.status >= 400, answer.status < 500], path).toEqual([true, true])
  }
  expect(fileSystem.mounts.listedNames()).toEqual(['m'])
})

/** A user of the machine that is not the server's. */
const OTHER = 54321

/** A server of its own with a repo that is mounted to write; `repo` is its directory, with the file "data". */
async function mountedForOthers(args: readonly string[]) {
  const name = `others-${randomUUID()}`
  await open.repo(name, { '/data': 'bytes' })
  const server = await start(args)
  await untilAnswers(server)
  await vi.waitFor(async () => expect(await isMounted(server.mountDir)).toBe(true), { timeout: 20_000 })
  expect(await send({ socketPath: server.socket }, 'PUT', '/_mount', { mounts: [{ name: 'w', repo: name, mode: 'rw' }] })).toMatchObject({ status: 200 })
  return { server, repo: join(server.mountDir, 'w') }
}

/** What a script prints in `directory` as another user, who needs no way to there. */
async function asOther(directory: string, script: string, user = OTHER): Promise<string> {
  return (await run('sh', ['-c', 'cd "$0" && setpriv --reuid="$2" --regid="$2" --clear-groups sh -c "$1" 2>&1; true', directory, script, String(user)])).stdout
}

test('T17: the mount makes no devices and no set-uid programs, and with --allow-other=false other users reach nothing', async () => {
  const { server, repo } = await mountedForOthers(['--allow-other=false'])
  const options = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').find(line => line.split(' ')[4] === server.mountDir)!.split(' ')[5]!.split(',')

  // pachd runs in this process, which must go on while the server asks it.
  const device = run('mknod', [join(repo, 'null'), 'c', '1', '3'])

  expect(options).toEqual(expect.arrayContaining(['nosuid', 'nodev']))
  await expect(device).rejects.toMatchObject({ code: 1 })
  expect(await asOther(repo, 'ls .; cat data')).toMatch(/^(.*: Permission denied\n){2}$/)
})

test('T18: other users of the machine do what modes permit, with --umask 077 nothing, and the user of --uid all', async () => {
  const { repo } = await mountedForOthers([])
  const { repo: given } = await mountedForOthers([`--uid=${OTHER}`, `--gid=${OTHER}`, '--umask=077'])

  await run('sh', ['-c', 'cd "$0" && echo mine > own && chmod 600 own', repo])

  expect(await asOther(repo, 'cat data; cat own; echo evil > data; echo evil > new; rm data; chmod 666 data; mv data moved')).toMatch(/^bytes(.*: (Permission denied|Operation not permitted)\n){6}$/)
  expect(await asOther(given, 'ls .; cat data', OTHER + 1)).toMatch(/^(.*: Permission denied\n){2}$/)
  expect(await asOther(given, 'ls ..; cat data; echo own > new; cat new; stat -c "%u %g %a" new data')).toBe(`w\nbytesown\n${OTHER} ${OTHER} 644\n${OTHER} ${OTHER} 600\n`)
}, 120_000)

test('T19: a body larger than a route takes is refused', async () => {
  const { call } = await serve()

  expect(await call('PUT', '/_mount', `{"mounts": [], "x": "${'x'.repeat(9 * 1024 * 1024)}"}`)).toMatchObject({ status: 413, text: expect.stringContaining('8 MiB') as string })
  expect(await call('PUT', '/datums/_mount', `input: ${'x'.repeat(300 * 1024)}`)).toMatchObject({ status: 413, text: expect.stringContaining('256 KiB') as string })
})

test('T21: no source switches off that certificates are checked', async () => {
  const packages = new URL('../../', import.meta.url).pathname
  const found = await run('grep', ['-rnE', 'rejectUnauthorized|NODE_TLS_REJECT_UNAUTHORIZED|checkServerIdentity', '--include=*.ts', ...['mount-server', 'mount-fs', 'pachd-client', 'mount-api'].map(name => join(packages, name, 'src'))]).then(({ stdout }) => stdout, (error: unknown) => (error as { code: number }).code)

  expect(found).toBe(1)
})

describe('T23: bodies that are made to exhaust a parser are refused', () => {
  const deep = 100_000
  const bomb = Array.from({ length: 30 }, (_, index) => `a${String(index)}: &a${String(index)} [${Array.from({ length: 9 }, () => (index === 0 ? 'x' : `*a${String(index - 1)}`)).join(', ')}]`).join('\n')

  test.each([
    ['JSON lists in lists', '/_mount', '['.repeat(deep)],
    ['JSON objects in objects', '/_mount', '{"mounts":'.repeat(deep)],
    ['JSON lists in what is ignored', '/_mount', `{"x":${'['.repeat(deep)}`],
    ['YAML lists in lists', '/datums/_mount', '- '.repeat(deep)],
    ['YAML maps in maps', '/datums/_mount', '{a: '.repeat(deep / 2)],
    ['YAML aliases of aliases', '/datums/_mount', `${bomb}\ninput: *a29`],
    ['a YAML tag that calls code', '/datums/_mount', 'input: !!js/function "function () {}"'],
    ['a prototype as a key', '/datums/_mount', '{"input": {"__proto__": {"pfs": {"repo": "cats", "glob": "/"}}}}'],
  ])('%s', async (_name, url, body) => {
    const { call } = await serve()

    expect((await call('PUT', url, body)).status).toBe(400)
    expect(({} as Record<string, unknown>)['pfs']).toBeUndefined()
  })
})

test('T24: a pattern that is made to run long is answered', async () => {
  const { call } = await serve()

  for (const glob of ['/' + '*a'.repeat(2000) + 'b', '/' + '('.repeat(90) + 'a' + ')*'.repeat(90), '/{' + 'a,'.repeat(5000) + '}', '/[' + 'a-z'.repeat(5000) + ']']) {
    expect([200, 400]).toContain((await call('PUT', '/datums/_mount', { input: { join: [{ pfs: { repo: 'cats', glob, join_on: '$1' } }, { pfs: { repo: 'cats', name: 'b', glob: '/*' } }] } })).status)
  }
})

describe('T29: a flood is answered 429, and the others are served', () => {
  test('more requests in a second than are taken', async () => {
    const { call } = await serve({ limits: { perSecond: 50, atOnce: 1000 } })

    const answers = [await call('GET', '/openapi.json')]
    while (answers.length < 5000 && answers.at(-1)!.status === 200) answers.push(await call('GET', '/openapi.json'))

    expect(answers.length).toBeGreaterThan(50)
    expect(answers.at(-1)).toMatchObject({ status: 429, text: expect.stringContaining('in a second') as string, headers: { 'retry-after': expect.anything() as string } })
    expect((await call('GET', '/health')).status).toBe(200)
  })

  test('300 requests of which one byte arrives close neither the API nor liveness', async () => {
    const { app } = await serve()
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as AddressInfo
    const slow = await Promise.all(Array.from({ length: 300 }, async (_, index) => {
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect')
      socket.write(`PUT ${index % 2 === 0 ? '/_mount' : '/files/m/big'} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx`)
      return socket
    }))
    onTestFinished(() => {
      for (const socket of slow) socket.destroy()
    })

    for (const [method, path, body] of [['GET', '/health'], ['GET', '/mounts'], ['PUT', '/_mount', { mounts: [] }]] as const) {
      expect((await send({ port }, method, path, body)).status, path).toBe(200)
    }
  })

  test('more requests at once than are taken, while a file is read', async () => {
    const { call, fileSystem } = await serve({ limits: { perSecond: 100_000, atOnce: 10 } })
    await call('PUT', '/_mount', { mounts: [{ name: 'm', repo: 'cats' }] })

    const flood = Array.from({ length: 500 }, () => call('GET', '/mounts'))
    const handle = await fileSystem.open('/m/a')
    const bytes = await fileSystem.read(handle, 0, 4)
    const statuses = (await Promise.all(flood)).map(({ status }) => status)

    expect(Buffer.from(bytes).toString()).toBe('meow')
    expect([new Set(statuses), statuses.includes(200)]).toEqual([new Set([200, 429]), true])
    expect((await call('GET', '/mounts')).status).toBe(200)
  })
})

test('T30: each request that changes something is one line in the log, with who, what and how it ended, and without contents', async () => {
  const logFile = join(folder, `${randomUUID()}.log`)
  const server = await start(['--no-fuse', '--log-file', logFile])
  await untilAnswers(server)

  await send({ socketPath: server.socket }, 'PUT', '/_mount?secret=query', { mounts: [{ name: 'm', repo: 'cats' }] })
  await send({ socketPath: server.socket }, 'PUT', '/_unmount', { mounts: ['never'] })

  const lines = await vi.waitFor(async () => {
    const found = (await readFile(logFile, 'utf8')).split('\n').filter(line => line.includes('change requested'))
    expect(found).toHaveLength(2)
    return found.map(line => JSON.parse(line) as object)
  })
  expect(lines).toEqual([
    expect.objectContaining({ method: 'PUT', route: '/_mount', status: 200, client: 'socket', reqId: expect.anything() as string }),
    expect.objectContaining({ method: 'PUT', route: '/_unmount', status: 500, client: 'socket', reqId: expect.anything() as string }),
  ])
})
