import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

import { testPachd, type TestPachd } from './running-server.js'
import { isMounted, type ProcessOptions, send, type ServerProcess, startProcess } from './server-process.js'

const run = promisify(execFile)
let pachd: TestPachd

beforeAll(async () => {
  pachd = await testPachd()
})
afterAll(() => pachd.stop())

const start = (args: readonly string[] = [], options: Partial<ProcessOptions> = {}) => startProcess(args, { config: pachd.config, ...options })

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (await condition().catch(() => false)) return
    await delay(25)
  }
  throw new Error('what was waited for did not come')
}

const call = (socketPath: string, method: string, path: string, body?: unknown) => send({ socketPath }, method, path, body)

async function startMounted(): Promise<ServerProcess> {
  const server = await start()
  await until(() => isMounted(server.mountDir))
  return server
}

test('it serves files and commits what was written when it is told to stop, also while a file is open', async () => {
  await pachd.repo('cats', { '/a': 'meow' })
  const { child, mountDir, socket, exit } = await startMounted()
  expect((await call(socket, 'PUT', '/_mount', { mounts: [{ name: 'w', repo: 'cats', mode: 'rw' }] })).status).toBe(200)
  expect(await readFile(join(mountDir, 'w/a'), 'utf8')).toBe('meow')
  await writeFile(join(mountDir, 'w/new'), 'saved')
  const reader = spawn('bash', ['-c', 'exec 3< "$0"; echo open; exec sleep 30', join(mountDir, 'w/a')], { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => {
    reader.kill('SIGKILL')
  })
  await once(reader.stdout, 'data')

  child.kill('SIGTERM')

  expect(await exit).toBe(0)
  expect(await isMounted(mountDir)).toBe(false)
  await expect(stat(socket)).rejects.toThrow('ENOENT')
  expect(await pachd.read('cats', '/new')).toBe('saved')
})

test('its socket is for its user alone, and a second server is refused', async () => {
  const { socket, mountDir } = await startMounted()
  expect((await stat(socket)).mode & 0o777).toBe(0o600)

  const second = await start(['--sock-path', socket])

  expect(await second.exit).toBe(1)
  expect(second.log()).toContain('another server listens')
  expect((await call(socket, 'GET', '/health')).status).toBe(200)
  expect(await isMounted(mountDir)).toBe(true)
})

test('after kill -9 it starts again at the same place', async () => {
  const first = await startMounted()
  first.child.kill('SIGKILL')
  await first.exit
  expect(await isMounted(first.mountDir)).toBe(true)

  const second = await start([], { folder: join(first.mountDir, '..') })

  await until(async () => (await call(second.socket, 'GET', '/mounts')).status === 200)
  expect((await run('ls', [second.mountDir])).stdout).toBe('')
})

test.each(['SIGINT', 'SIGTERM', 'SIGQUIT', 'SIGHUP'] as const)('%s ends it without an error', async signal => {
  const { child, exit, mountDir } = await startMounted()

  child.kill(signal)

  expect(await exit).toBe(0)
  expect(await isMounted(mountDir)).toBe(false)
})

test('SIGUSR2 makes it look into the config file again, and ends nothing', async () => {
  const config = join(await mkdtemp(join(pachd.folder, 'hup-')), 'later.json')
  const { child, socket, log, exit } = await start(['--no-fuse'], { config })
  await until(async () => (await call(socket, 'GET', '/health')).status === 200)
  await writeFile(config, await readFile(pachd.config))

  child.kill('SIGUSR2')

  await until(async () => (await call(socket, 'GET', '/repos')).status === 200)
  expect(log()).toContain('looking into the config file again')
  child.kill('SIGTERM')
  expect(await exit).toBe(0)
})

test('it ends also while it tries to reach a pachd that never answers', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  onTestFinished(() => {
    silent.close()
  })
  const address = silent.address()
  const config = join(await mkdtemp(join(pachd.folder, 'silent-')), 'config.json')
  await writeFile(config, JSON.stringify({ v2: { active_context: 'a', contexts: { a: { pachd_address: `grpc://127.0.0.1:${typeof address === 'object' && address ? String(address.port) : ''}` } } } }))
  const { child, socket, exit, mountDir } = await start([], { config })
  await until(async () => (await call(socket, 'GET', '/health')).status === 200)

  child.kill('SIGTERM')

  expect(await exit).toBe(0)
  expect(await isMounted(mountDir)).toBe(false)
})

test('it answers within seconds with no config file, with a broken one, and with a pachd that is away', async () => {
  const broken = join(pachd.folder, 'broken.json')
  await writeFile(broken, '{')
  const away = join(pachd.folder, 'away.json')
  await writeFile(away, JSON.stringify({ v2: { active_context: 'a', contexts: { a: { pachd_address: 'grpc://127.0.0.1:1' } } } }))

  for (const config of [join(pachd.folder, 'none.json'), broken, away]) {
    const { socket, mountDir } = await start([], { config })
    await until(async () => (await call(socket, 'GET', '/health')).status === 200)
    expect((await call(socket, 'GET', '/repos')).status).toBe(404)
    expect(await isMounted(mountDir)).toBe(false)
  }
  expect(await readFile(broken, 'utf8')).toBe('{')
})

test('it answers before it has a pachd, also when the one of its config file accepts connections and says nothing', async () => {
  const asked: Socket[] = []
  const silent = createServer(socket => asked.push(socket)).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  onTestFinished(() => {
    for (const socket of asked) socket.destroy()
    silent.close()
  })
  const config = join(pachd.folder, 'silent.json')
  await writeFile(config, JSON.stringify({ v2: { active_context: 's', contexts: { s: { pachd_address: `grpc://127.0.0.1:${String((silent.address() as AddressInfo).port)}` } } } }))

  const { socket, log } = await start(['--log-format', 'json'], { config })
  await until(async () => (await call(socket, 'GET', '/health')).status === 200)

  await until(() => Promise.resolve(log().includes('starting without a cluster')))
  expect(asked.length).toBeGreaterThan(0)
  expect(log().indexOf('"msg":"listening"')).toBeLessThan(log().indexOf('starting without a cluster'))
  expect((await call(socket, 'GET', '/config')).status).toBe(404)
})

test('its process is called mount-server', async () => {
  const { child } = await startMounted()

  expect(await readFile(`/proc/${String(child.pid)}/comm`, 'utf8')).toBe('mount-server\n')
})

test('a port that is taken, a mount directory that is not there and unknown options end it with exit code 1', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  onTestFinished(() => {
    taken.close()
  })
  const address = taken.address()
  const port = typeof address === 'object' && address ? String(address.port) : ''

  const onTakenPort = await start(['--port', port])
  expect(await onTakenPort.exit).toBe(1)
  expect(onTakenPort.log()).toContain('choose another --port')
  const withoutDirectory = await start(['--mount-dir', '/nowhere/at/all'])
  expect(await withoutDirectory.exit).toBe(1)
  expect(withoutDirectory.log()).toContain('mkdir -p /nowhere/at/all')
  expect(await (await start(['--nope'])).exit).toBe(1)
})

test('with --no-fuse it serves the API and mounts nothing', async () => {
  const { socket, mountDir } = await start(['--no-fuse'])

  await until(async () => (await call(socket, 'GET', '/mounts')).status === 200)

  expect(await isMounted(mountDir)).toBe(false)
  await rm(mountDir, { recursive: true })
})

test('it publishes a pipeline over its socket', async () => {
  await pachd.repo('photos', { '/a': '1' })
  const { socket } = await startMounted()
  const code = { project: 'default', repo: 'sums__context', branch: '...', glob: '/' }
  const pipeline = { pipeline: { name: 'sums' }, transform: { image: 'python:3.10', cmd: ['python3'] }, input: { cross: [{ pfs: { repo: 'photos', glob: '/*' } }, { pfs: code }] } }

  const { status, text } = await call(socket, 'PUT', '/pps/_create', { pipeline, context: { project: 'default', repo: code.repo, files: { '/user_code.py': Buffer.from('x = 1').toString('base64') } } })

  expect(status, text).toBe(200)
  expect(JSON.parse(text)).toMatchObject({ pipeline: 'sums', state: 'PIPELINE_PAUSED', reason: expect.stringContaining('does not run') as string })
  expect(await pachd.read(code.repo, '/user_code.py')).toBe('x = 1')
})
