import { commitReference } from '@jupyterlab-pachyderm/pachd-client'
import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { testPachd, type TestPachd } from './running-server.js'
import { startProcess, untilAnswers } from './server-process.js'

let pachd: TestPachd

beforeAll(async () => {
  pachd = await testPachd()
})
afterAll(() => pachd.stop())

interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs a command in a process of its own, without a terminal. */
function mountServer(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  const main = new URL('../src/main.ts', import.meta.url).pathname
  return new Promise(resolve => {
    const child = execFile(process.execPath, ['--import', 'tsx', '-C', '@jupyterlab-pachyderm/source', main, ...args], { env: { PATH: process.env['PATH'], HOME: pachd.folder, ...env }, cwd: import.meta.dirname }, (_error, out, err) => resolve({ code: child.exitCode ?? -1, out, err }))
  })
}

describe('commands for a running server', () => {
  test('a repo is found, mounted, written, looked at, committed and unmounted, and the log tells of it', async () => {
    await pachd.repo('cats', { '/a': 'meow' })
    await pachd.repo('dogs', { '/b': 'woof' })
    const server = await startProcess([], { config: pachd.config })
    await untilAnswers(server)
    const env = { MOUNT_SERVER_SOCK_PATH: server.socket }

    expect(await mountServer(['repos', 'CAT'], env)).toEqual({ code: 0, out: 'PROJECT  REPO  BRANCHES  ACCESS\ndefault  cats  master    -\n', err: '' })
    expect(await mountServer(['mount', 'default/cats@master', '--rw', '--name', 'w'], env)).toEqual({ code: 0, out: `${join(server.mountDir, 'w')}\n`, err: '' })
    await writeFile(join(server.mountDir, 'w/new'), '12345')
    expect((await mountServer(['changes'], env)).out).toBe('+ w/new  5 B\n')
    const status = await mountServer(['status', '--json'], env)
    expect(JSON.parse(status.out)).toMatchObject({ ready: { ready: true }, mounted: [{ name: 'w', repo: 'cats', mode: 'rw', uncommitted: { added: 1 } }] })
    const { out } = await mountServer(['commit', 'w', '-m', 'one more'], env)
    expect(out).toMatch(/^committed [0-9a-f]{32}\n$/)
    const { description } = await pachd.client.pfs.inspectCommit({ commit: commitReference({ repo: 'cats', branch: 'master', id: out.slice('committed '.length).trim() }) })
    expect(description).toBe('one more')
    expect(await pachd.read('cats', '/new')).toBe('12345')
    expect((await mountServer(['commit', 'w'], env)).out).toBe('nothing to commit\n')
    expect(await mountServer(['unmount', '--all'], env)).toMatchObject({ code: 0, out: 'nothing is mounted any more\n' })
    expect((await mountServer(['status'], env)).out).toContain('nothing is mounted')
    expect((await mountServer(['logs', '-n', '500'], env)).out).toContain('listening')
  })

  test('what the server refuses is 2 with its words, and no server is 3', async () => {
    const server = await startProcess(['--no-fuse'], { config: pachd.config })
    await untilAnswers(server)
    const at = ['--sock-path', server.socket]

    expect(await mountServer(['mount', 'nowhere', ...at])).toMatchObject({ code: 2, out: '', err: expect.stringContaining('nowhere') as string })
    expect(await mountServer(['commit', 'never', ...at])).toMatchObject({ code: 2, err: expect.stringContaining('never') as string })
    expect(await mountServer(['status', '--sock-path', join(server.folder, 'none.sock')])).toMatchObject({ code: 3, out: '', err: expect.stringContaining('none.sock') as string })
    expect(await mountServer(['status', ...at, '--token-file', '/nowhere'])).toMatchObject({ code: 1, err: expect.stringContaining('/nowhere') as string })
  })

  test('a server on TCP with a token is reached with the file that holds it', async () => {
    const tokenFile = join(await mkdtemp(join(pachd.folder, 'token-')), 'token')
    const server = await startProcess(['--no-fuse', '--port', '0', '--token-file', tokenFile], { config: pachd.config })
    await expect.poll(() => /http:\/\/127\.0\.0\.1:(\d+)/.exec(server.log())?.[1], { timeout: 20_000 }).toBeDefined()
    const port = /http:\/\/127\.0\.0\.1:(\d+)/.exec(server.log())![1]!

    expect(await mountServer(['repos', '--port', port])).toMatchObject({ code: 2, err: expect.stringContaining('Bearer') as string })
    expect(await mountServer(['repos', '--port', port, '--token-file', tokenFile])).toMatchObject({ code: 0 })
  })

  test.each([['mount'], ['mount', '@'], ['mount', 'a', '--rw', '--follow'], ['unmount'], ['unmount', 'a', '--all'], ['logs', '-n', '0'], ['nonsense']])('the wrong use %j %j %j %j is 1 with a reason', async (...args) => {
    expect(await mountServer(args.filter(arg => typeof arg === 'string'))).toMatchObject({ code: 1, out: '', err: expect.stringMatching(/^error: /) as string })
  })

  test('a shell is told how to complete, and what there is', async () => {
    expect(await mountServer(['complete', 'bash'])).toMatchObject({ code: 0, out: expect.stringContaining('mount-server') as string })
    const { out } = await mountServer(['complete', '--', 'm'])
    expect(out).toContain('mount\t')
    expect(await mountServer(['mount', '--help'])).toMatchObject({ code: 0, out: expect.stringContaining('--rw') as string })
  })
})

describe('doctor', () => {
  const check = async (args: string[], env: Record<string, string> = {}) => {
    const { code, out } = await mountServer(['doctor', '--json', '--no-fuse', ...args], env)
    return { code, found: Object.fromEntries((JSON.parse(out) as { check: string; state: string; message: string; fix?: string }[]).map(({ check: name, ...result }) => [name, result])) }
  }

  test('all is well where all is well, and people read it in lines', async () => {
    const home = await mkdtemp(join(pachd.folder, 'home-'))
    const config = join(home, 'config.json')
    await writeFile(config, await readFile(pachd.config), { mode: 0o600 })

    expect(await mountServer(['doctor', '--no-fuse', '--pach-config', config, '--sock-path', join(home, 'sock')])).toMatchObject({ code: 0, out: expect.stringContaining(`✓ pachd: ${pachd.client.address} answers\n`) as string })
  })

  test('each thing that is wrong comes with the command that mends it', async () => {
    const home = await mkdtemp(join(pachd.folder, 'home-'))
    await writeFile(join(home, 'config.json'), '{', { mode: 0o600 })
    await writeFile(join(home, 'token'), 'secret')
    await chmod(join(home, 'token'), 0o644)
    await mkdir(join(home, 'open'))
    await chmod(join(home, 'open'), 0o777)

    const { code, found } = await check(['--pach-config', join(home, 'config.json'), '--token-file', join(home, 'token'), '--sock-path', join(home, 'open/sock')])

    expect(code).toBe(4)
    expect(found['config file']).toMatchObject({ state: 'failed', fix: expect.stringContaining('.broken') as string })
    expect(found['token file']).toMatchObject({ state: 'failed', fix: `chmod 600 ${join(home, 'token')}` })
    expect(found['socket']).toMatchObject({ state: 'failed', fix: `chmod go-w ${join(home, 'open')}` })
    expect(found['pachd']).toMatchObject({ state: 'failed' })
  })

  test('a config file that others can read fails, and a pachd that is away is named', async () => {
    const home = await mkdtemp(join(pachd.folder, 'home-'))
    const config = join(home, 'config.json')
    await writeFile(config, JSON.stringify({ v2: { active_context: 'a', contexts: { a: { pachd_address: 'grpc://127.0.0.1:1' } } } }))
    await chmod(config, 0o644)

    const { code, found } = await check(['--pach-config', config])

    expect(code).toBe(4)
    expect(found['config file']).toMatchObject({ state: 'failed', fix: `chmod 600 ${config}` })
    expect(found['pachd']).toMatchObject({ state: 'failed', message: expect.stringContaining('127.0.0.1:1') as string })
  })
})

test('on a terminal a commit shows how far it is, and leaves nothing of that behind', async () => {
  await pachd.repo('shown', { '/a': '1' })
  const server = await startProcess([], { config: pachd.config })
  await untilAnswers(server)
  const env = { MOUNT_SERVER_SOCK_PATH: server.socket }
  await mountServer(['mount', 'shown', '--rw'], env)
  for (let file = 0; file < 4; file++) await writeFile(join(server.mountDir, `shown/big${String(file)}`), Buffer.alloc(32 * 1024 * 1024, file))
  const main = new URL('../src/main.ts', import.meta.url).pathname

  const shown = await new Promise<string>(resolve => {
    execFile('script', ['--quiet', '--return', '--command', `${process.execPath} --import tsx -C @jupyterlab-pachyderm/source ${main} commit shown`, '/dev/null'], { env: { ...process.env, ...env }, cwd: import.meta.dirname }, (_error, out) => resolve(out))
  })

  expect(shown).toContain('committing shown [')
  expect(shown.trimEnd()).toMatch(/committed [0-9a-f]{32}$/)
})
