/** What a closed terminal does to the server. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'

import { testPachd, type TestPachd } from './running-server.js'
import { isMounted, send } from './server-process.js'

const run = promisify(execFile)
const main = new URL('../src/main.ts', import.meta.url).pathname
let pachd: TestPachd

beforeAll(async () => {
  pachd = await testPachd()
})
afterAll(() => pachd.stop())

test('when its terminal is closed, the server commits, unmounts and ends with 0', async () => {
  await pachd.repo('closed', { '/a': '1' })
  const folder = await mkdtemp(join(pachd.folder, 'terminal-'))
  const [mountDir, socket] = [join(folder, 'pfs'), join(folder, 'sock')]
  await mkdir(mountDir)
  onTestFinished(async () => {
    if (await isMounted(mountDir)) await run('fusermount', ['-uz', mountDir])
  })
  const ask = `curl --fail --silent --retry 50 --retry-delay 0 --retry-all-errors --unix-socket ${socket} --output /dev/null -X PUT http://localhost/_mount -d '{"mounts": [{"name": "w", "repo": "closed", "mode": "rw"}]}' && echo -n new > ${mountDir}/w/new`

  const { stdout } = await run('/usr/bin/python3', [
    join(import.meta.dirname, 'terminal-session.py'), 'listening', ask,
    process.execPath, '--import', 'tsx', '-C', '@jupyterlab-pachyderm/source', main, '--mount-dir', mountDir, '--sock-path', socket,
  ], { env: { PATH: process.env['PATH'], PACH_CONFIG: pachd.config, HOME: folder, TMPDIR: folder }, cwd: import.meta.dirname, timeout: 60_000 })

  expect(stdout.trim()).toBe('0')
  expect(await isMounted(mountDir)).toBe(false)
  expect(await pachd.read('closed', '/new')).toBe('new')
})

test.each([['nohup', 'ignores it'], ['env', 'ends']])('started with %s, the server %s when it gets SIGHUP', async (starter, outcome) => {
  const folder = await mkdtemp(join(pachd.folder, 'hangup-'))
  await mkdir(join(folder, 'bin'))
  await cp(new URL('../bin/mount-server', import.meta.url), join(folder, 'bin/mount-server'))
  await writeFile(join(folder, 'package.json'), '{"type": "module"}')
  await writeFile(join(folder, 'bin/mount-server.js'), `import ${JSON.stringify(main)}`)
  const socket = join(folder, 'sock')
  const child = spawn(starter, [join(folder, 'bin/mount-server'), '--no-fuse', '--sock-path', socket], {
    env: { PATH: process.env['PATH'], PACH_CONFIG: pachd.config, HOME: folder, NODE_OPTIONS: `--import ${import.meta.resolve('tsx')} -C @jupyterlab-pachyderm/source` },
    cwd: import.meta.dirname, stdio: 'ignore',
  })
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const isAlive = async () => (await send({ socketPath: socket }, 'GET', '/health')).status === 200
  await vi.waitFor(async () => expect(await isAlive()).toBe(true), { timeout: 20_000 })

  child.kill('SIGHUP')

  if (outcome === 'ends') {
    expect(await ended).toEqual([0, null])
    return
  }
  // The signal is taken before the next one, which ends it.
  expect(await isAlive()).toBe(true)
  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})
