import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

import { testPachd, type TestPachd } from './running-server.js'
import { isMounted, send, startProcess, untilAnswers } from './server-process.js'

const run = promisify(execFile)
let pachd: TestPachd

beforeAll(async () => {
  pachd = await testPachd()
  await pachd.repo('cats', { '/a': 'meow' })
})
afterAll(() => pachd.stop())

test('it needs neither PATH nor HOME: it mounts, serves files, and ends with 0', async () => {
  const server = await startProcess([], { config: pachd.config, env: { XDG_STATE_HOME: undefined, XDG_CACHE_HOME: undefined } })
  await untilAnswers(server)
  await vi.waitFor(async () => expect(await isMounted(server.mountDir)).toBe(true), { timeout: 20_000 })

  await send({ socketPath: server.socket }, 'PUT', '/_mount', { mounts: [{ name: 'm', repo: 'cats' }] })

  expect(await readFile(join(server.mountDir, 'm/a'), 'utf8')).toBe('meow')
  server.child.kill('SIGTERM')
  expect(await server.exit).toBe(0)
  expect(await isMounted(server.mountDir)).toBe(false)
})

test('exactly one process of its session is called mount-server, and its command line says so, too', async () => {
  const server = await startProcess(['--no-fuse'], { config: pachd.config, ownSession: true })
  await untilAnswers(server)
  const pid = String(server.child.pid)

  const { stdout } = await run('ps', ['-o', 'pid=,comm=', '-s', pid])
  const ours = stdout.split('\n').filter(line => line.endsWith('mount-server'))

  expect(ours.map(line => line.trim().split(' ')[0])).toEqual([pid])
  const children = await run('ps', ['-o', 'comm=', '--ppid', pid]).catch(() => ({ stdout: '' }))
  expect(children.stdout).not.toContain('mount-server')
  expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).toContain('mount-server')
})

test.each(['none.json', 'broken.json'])('it is ready without a cluster: %s', async name => {
  const config = join(pachd.folder, name)
  if (name === 'broken.json') await writeFile(config, '{')
  const server = await startProcess([], { config })

  await untilAnswers(server, '/health')

  expect((await send({ socketPath: server.socket }, 'GET', '/contexts')).text).toContain(config)
  expect((await send({ socketPath: server.socket }, 'GET', '/repos')).status).toBe(404)
  server.child.kill('SIGTERM')
  expect(await server.exit).toBe(0)
})

describe('the program file', () => {
  /** The program beside a `dist` that tells how it was started. */
  async function installed(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'mount-server-program-'))
    await mkdir(join(folder, 'bin'))
    await mkdir(join(folder, 'dist'))
    for (const name of ['mount-server', 'mount-server.js']) await copyFile(new URL(`../bin/${name}`, import.meta.url), join(folder, 'bin', name))
    await writeFile(join(folder, 'package.json'), '{"type": "module"}')
    await writeFile(join(folder, 'dist/main.js'), 'console.log(JSON.stringify({ args: process.argv.slice(2), parent: process.ppid }))')
    return folder
  }

  test('it finds node without a PATH, hands its arguments on, and leaves no shell behind', async () => {
    const folder = await installed()
    const program = join(folder, 'bin/mount-server')
    // Where npm installs, node and a link to the program stand beside each other.
    const prefix = await mkdtemp(join(tmpdir(), 'mount-server-prefix-'))
    await symlink(process.execPath, join(prefix, 'node'))
    await symlink(program, join(prefix, 'mount-server'))

    const { stdout } = await run(join(prefix, 'mount-server'), ['--mount-dir', '/a b', '$HOME'], { env: {} })

    expect(JSON.parse(stdout)).toEqual({ args: ['--mount-dir', '/a b', '$HOME'], parent: process.pid })
    await rm(folder, { recursive: true })
  })

  test('it can be started with node, and through a link', async () => {
    const folder = await installed()
    await symlink('bin/mount-server', join(folder, 'link'))

    const [byNode, byLink] = [await run(process.execPath, [join(folder, 'bin/mount-server.js'), 'x']), await run(join(folder, 'link'), ['x'], { env: { PATH: dirname(process.execPath) } })]

    for (const { stdout } of [byNode, byLink]) expect(JSON.parse(stdout)).toMatchObject({ args: ['x'] })
    await rm(folder, { recursive: true })
  })
})

describe('the environment', () => {
  test.each([
    ['PACHYDERM_LOG_LEVEL', 'error', false],
    ['LOG_LEVEL', 'error', false],
    ['LOG_LEVEL', 'nonsense', true],
    ['MOUNT_SERVER_LOG_LEVEL', 'info', true],
  ])('%s=%s counts', async (name, value, isInformed) => {
    const server = await startProcess(['--no-fuse'], { config: pachd.config, env: { PATH: process.env['PATH'], [name]: value } })
    await untilAnswers(server)

    expect(server.log().includes('listening')).toBe(isInformed)
  })

  test('PACHCTL_JSON_LOGS asks for a log of JSON lines', async () => {
    const server = await startProcess(['--no-fuse'], { config: pachd.config, env: { PATH: process.env['PATH'], PACHCTL_JSON_LOGS: '1' } })
    await untilAnswers(server)

    for (const line of server.log().trim().split('\n')) expect(JSON.parse(line)).toMatchObject({ name: 'mount-server' })
  })
})
