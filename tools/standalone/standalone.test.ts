/** The standalone mount-server on a machine without Node: unpacked from its archive, started without any environment but a home. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { type EmbeddedPachd, startEmbeddedPachd } from '@jupyterlab-pachyderm/pachd-embedded'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { writeRepo } from '../checks/sample-repo.js'
import { root } from '../setup/report.mjs'

const run = promisify(execFile)
const dist = join(root, 'packages/mount-server/dist-standalone')

let folder: string
let unpacked: string
let pachd: EmbeddedPachd | undefined
let server: ChildProcess | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'standalone-'))
  await run(process.execPath, [join(import.meta.dirname, 'build-standalone.mjs')], { cwd: root })
  const archive = (await readdir(dist)).find(name => name.endsWith('.tar.gz')) ?? ''
  await run('tar', ['--extract', '--file', join(dist, archive), '--directory', folder])
  unpacked = join(folder, archive.replace('.tar.gz', ''))
  // As people put it on their PATH.
  await symlink(join(unpacked, 'mount-server'), join(folder, 'mount-server'))
}, 300_000)

afterAll(async () => {
  if (server?.exitCode === null) {
    server.kill('SIGTERM')
    await once(server, 'exit')
  }
  await pachd?.stop()
  await rm(folder, { recursive: true, force: true })
})

test('it says its version without a PATH', async () => {
  const { version } = JSON.parse(await readFile(join(root, 'packages/mount-server/package.json'), 'utf8')) as { version: string }

  const { stdout } = await run(join(folder, 'mount-server'), ['--version'], { env: {} })

  expect(stdout).toBe(`${version}\n`)
})

test('it mounts a repo, and every process of it is the Node that it brings', async () => {
  pachd = await startEmbeddedPachd({ dataDir: join(folder, 'data') })
  await writeRepo(pachd.address)
  const mountDir = join(folder, 'pfs')
  const config = join(folder, 'config.json')
  const socket = join(folder, 'sock')
  await mkdir(mountDir)
  await writeFile(config, JSON.stringify({ v2: { active_context: 'here', contexts: { here: { pachd_address: pachd.address } } } }))
  const env = { HOME: folder, PATH: '' }

  server = spawn(join(folder, 'mount-server'), ['--mount-dir', mountDir, '--sock-path', socket, '--pach-config', config], { env, stdio: 'ignore' })
  await vi.waitFor(() => run(join(folder, 'mount-server'), ['mount', 'images@master', '--sock-path', socket], { env }), { timeout: 60_000, interval: 200 })

  expect(await readFile(join(mountDir, 'images/cat.txt'), 'utf8')).toBe('meow')
  const pids = [server.pid ?? 0, ...(await childrenOf(server.pid ?? 0))]
  expect(pids.length).toBeGreaterThan(1)
  for (const pid of pids) expect(await readlink(`/proc/${pid}/exe`)).toBe(join(unpacked, 'node'))
}, 120_000)

test('it locks its stage directory itself, without a program of the system', async () => {
  const script = "import('koffi').then(({ default: koffi }) => process.stdout.write(String(koffi.load(null).func('int getpid()')() === process.pid)))"

  const { stdout } = await run(join(unpacked, 'node'), ['--eval', script], { cwd: join(unpacked, 'lib'), env: {} })

  expect(stdout).toBe('true')
})

test('the licences of all that is in it are in it', async () => {
  expect(await readFile(join(unpacked, 'LICENSE'), 'utf8')).toBe(await readFile(join(root, 'LICENSE'), 'utf8'))
  expect(await readFile(join(unpacked, 'NODE-LICENSE'), 'utf8')).toContain('Node.js is licensed for use as follows')
  const notices = await readFile(join(unpacked, 'THIRD-PARTY-LICENCES.txt'), 'utf8')
  for (const name of ['fastify', 'fuse-native', '@grpc/grpc-js', 'libfuse', 'koffi']) expect(notices).toContain(name)
})

async function childrenOf(pid: number): Promise<number[]> {
  return (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ').filter(Boolean).map(Number)
}
