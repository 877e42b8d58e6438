/** What a stopped and a killed process leave, and what the next one makes of it. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { testPachd, type TestPachd } from './running-server.js'
import { isMounted, send, startProcess, type ServerProcess, untilAnswers } from './server-process.js'

let pachd: TestPachd
beforeAll(async () => {
  pachd = await testPachd()
})
afterAll(() => pachd.stop())

async function started(args: string[], folder?: string): Promise<ServerProcess> {
  const server = await startProcess(args, { config: pachd.config, ...(folder === undefined ? {} : { folder }) })
  await vi.waitFor(async () => expect(await isMounted(server.mountDir), server.log()).toBe(true), { timeout: 20_000 })
  return server
}

const details = async (server: ServerProcess) => JSON.parse((await send({ socketPath: server.socket }, 'GET', '/mounts/details')).text) as { mounted: { name: string; uncommitted?: unknown }[] }

test('with --no-commit-on-exit the changes stay, and the next server commits them when it stops', async () => {
  await pachd.repo('left', { '/a': '1' })
  const first = await started(['--no-commit-on-exit'])
  await send({ socketPath: first.socket }, 'PUT', '/_mount', { mounts: [{ name: 'w', repo: 'left', mode: 'rw' }] })
  await writeFile(join(first.mountDir, 'w/new'), 'kept')
  first.child.kill('SIGTERM')
  expect(await first.exit).toBe(0)
  await expect(pachd.read('left', '/new')).rejects.toThrow('not found')

  const second = await started([], first.folder)
  expect((await details(second)).mounted).toMatchObject([{ name: 'w', uncommitted: { added: 1, changed: 0, deleted: 0 } }])
  expect(await readFile(join(second.mountDir, 'w/new'), 'utf8')).toBe('kept')
  expect(second.log()).toContain("'w' is mounted as it was")
  second.child.kill('SIGTERM')
  expect(await second.exit).toBe(0)

  expect(await pachd.read('left', '/new')).toBe('kept')
  expect(await readdir(join(first.folder, 'state/jupyterlab-pachyderm/stage'))).toEqual([])
})

test('a server that cannot commit when it stops keeps the changes for the next one', async () => {
  await pachd.repo('refused', { '/a': '1' })
  const first = await started([])
  await send({ socketPath: first.socket }, 'PUT', '/_mount', { mounts: [{ name: 'w', repo: 'refused', mode: 'rw' }] })
  await writeFile(join(first.mountDir, 'w/bad[1]'), 'kept')
  first.child.kill('SIGTERM')
  expect(await first.exit).toBe(1)

  const second = await started([], first.folder)

  expect(await readFile(join(second.mountDir, 'w/bad[1]'), 'utf8')).toBe('kept')
})

test('two servers with one --stage-dir do not see the changes of each other', async () => {
  await pachd.repo('shared', { '/a': '1' })
  const stage = join(pachd.folder, 'shared-stage')
  await mkdir(stage)
  const [one, other] = [await started(['--stage-dir', stage]), await started(['--stage-dir', stage])]
  for (const server of [one, other]) await send({ socketPath: server.socket }, 'PUT', '/_mount', { mounts: [{ name: 'w', repo: 'shared', mode: 'rw' }] })

  await writeFile(join(one.mountDir, 'w/mine'), 'm')

  expect(await readdir(join(other.mountDir, 'w'))).toEqual(['a'])
  expect((await readdir(stage)).length).toBe(2)
})

test('a server in another pod on the same home directory leaves the changes of the first one alone, and says where its own go', async () => {
  await pachd.repo('home', { '/a': '1' })
  const first = await started([])
  await send({ socketPath: first.socket }, 'PUT', '/_mount', { mounts: [{ name: 'w', repo: 'home', mode: 'rw' }] })
  for (let number = 0; number < 10; number++) await writeFile(join(first.mountDir, `w/f${String(number)}`), String(number))
  const root = join(first.folder, 'state/jupyterlab-pachyderm/stage')
  const [inUse = ''] = await readdir(root)

  const second = await startProcess(['--no-fuse', '--sock-path', join(first.folder, 'second.sock')], {
    config: pachd.config, folder: first.folder, through: ['unshare', '--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
  })
  await vi.waitFor(() => expect(second.log()).toContain('listening'), { timeout: 20_000 })
  expect(second.log()).toMatch(new RegExp(`${join(root, inUse)} is in use by process ${String(first.child.pid)} on host \\S+ since \\S+, so this server keeps changes in ${join(root, inUse)}-2`))
  first.child.kill('SIGKILL')
  await first.exit
  second.child.kill('SIGKILL')
  await second.exit

  const third = await started([], first.folder)
  await untilAnswers(third)
  await vi.waitFor(async () => expect((await details(third)).mounted).toMatchObject([{ name: 'w', uncommitted: { added: 10, changed: 0, deleted: 0 } }]), { timeout: 20_000 })
  await send({ socketPath: third.socket }, 'PUT', '/_commit', { mount: 'w' })

  for (let number = 0; number < 10; number++) expect(await pachd.read('home', `/f${String(number)}`)).toBe(String(number))
})
