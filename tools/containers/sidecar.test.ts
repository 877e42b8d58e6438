/** The sidecar of deploy/ and a notebook beside it, as the kernel of a node keeps them apart; no Docker and no Kubernetes take part. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { type EmbeddedPachd, startEmbeddedPachd } from '@jupyterlab-pachyderm/pachd-embedded'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { writeRepo } from '../checks/sample-repo.js'
import { root } from '../setup/report.mjs'
import { DISK, type SimulatedPod, startPod, USER } from './simulated-pod.js'

const run = promisify(execFile)
const IMAGE = join(DISK, 'image')
const PATH = `${IMAGE}:/usr/bin:/bin`

let folder: string
let pachd: EmbeddedPachd
let pod: SimulatedPod
let server: ChildProcess
let log = ''

/** What the command prints; its arguments go to `sh` as `$1` and so on. */
async function printed(enter: readonly string[], script: string, ...args: string[]): Promise<string> {
  const [command = '', ...rest] = enter
  return (await run(command, [...rest, 'sh', '-euc', script, 'sh', ...args], { env: { PATH, HOME: '/nowhere' } })).stdout
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pod-'))
  await chmod(folder, 0o755)
  // A standalone mount-server with the entry point of the container.
  const image = join(folder, 'image')
  await mkdir(image)
  await run(process.execPath, [join(root, 'tools/bundle/bundle-mount-server.mjs'), join(image, 'lib')])
  await copyFile(process.execPath, join(image, 'node'))
  await copyFile(join(root, 'tools/standalone/mount-server.sh'), join(image, 'mount-server'))
  await copyFile(join(root, 'containers/mount-server/entrypoint.sh'), join(image, 'entrypoint'))
  for (const program of ['node', 'mount-server', 'entrypoint']) await chmod(join(image, program), 0o755)

  pachd = await startEmbeddedPachd({ dataDir: join(folder, 'data') })
  await writeRepo(pachd.address)
  pod = await startPod(folder, JSON.stringify({ v2: { active_context: 'cluster', contexts: { cluster: { pachd_address: pachd.address } } } }))
  const [command = '', ...args] = pod.sidecar.enter()
  server = spawn(command, [...args, join(IMAGE, 'entrypoint')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH, RUN_AS_UID: String(USER.uid), RUN_AS_GID: String(USER.gid), HOME: pod.home, XDG_STATE_HOME: join(pod.home, 'state'), XDG_CACHE_HOME: join(pod.home, 'cache'),
      PACH_CONFIG: join(pod.home, 'config.json'), PACH_CONFIG_FROM: pod.secret,
      MOUNT_SERVER_MOUNT_DIR: pod.pfs, MOUNT_SERVER_SOCK_PATH: pod.socket, MOUNT_SERVER_LOG_FORMAT: 'json',
    },
  })
  server.stderr?.on('data', (text: Buffer) => (log += text.toString()))
  // The start-up probe.
  await vi.waitFor(() => printed(pod.sidecar.enter(), 'mount-server status --sock-path "$1"', pod.socket), { timeout: 60_000, interval: 200 }).catch((error: unknown) => {
    throw new Error(`mount-server did not start: ${log}`, { cause: error })
  })
}, 180_000)

afterAll(async () => {
  if (server.exitCode === null) {
    server.kill('SIGTERM')
    await once(server, 'exit')
  }
  await pod.stop()
  await pachd.stop()
  await rm(folder, { recursive: true, force: true })
})

test('the notebook mounts over the socket, without a network, and reads the files without any rights', async () => {
  const notebook = pod.notebook.as(USER, { unprivileged: true })

  await printed(notebook, 'mount-server mount images@master --sock-path "$1"', pod.socket)

  expect(await printed(notebook, 'cat "$1/images/cat.txt"', pod.pfs)).toBe('meow')
  const status = await printed(notebook, 'cat /proc/self/status')
  expect(status).toMatch(/^Uid:\s+1000\s+1000\s+1000\s+1000$/m)
  expect(status).toMatch(/^CapBnd:\s+0+$/m)
  expect(await printed(notebook, 'cat /proc/net/dev | tail -n +3 | cut -d: -f1')).toMatch(/^\s*lo\n$/)
})

test('what the notebook writes is committed by the sidecar', async () => {
  const notebook = pod.notebook.as(USER, { unprivileged: true })

  await printed(notebook, 'mount-server mount images@master --rw --name out --sock-path "$1"', pod.socket)
  await printed(notebook, 'echo woof > "$2/out/dog.txt" && mount-server commit out --sock-path "$1"', pod.socket, pod.pfs)
  await printed(notebook, 'mount-server mount images@master --name again --sock-path "$1"', pod.socket)

  expect(await printed(notebook, 'cat "$1/again/dog.txt"', pod.pfs)).toBe('woof\n')
})

test('the socket is for the user of both containers, and closed for others', async () => {
  expect(await printed(pod.node.enter(), 'stat --format="%a %u" "$1"', pod.socket)).toBe('600 1000\n')

  await expect(printed(pod.notebook.as({ uid: 1001, gid: 100 }), 'mount-server status --sock-path "$1"', pod.socket)).rejects.toMatchObject({ code: 3 })
})

test('the config file is a copy of the Secret that only the user may read', async () => {
  expect(await printed(pod.sidecar.enter(), 'stat --format="%a %u" "$1/config.json"', pod.home)).toBe('600 1000\n')
})

test('nothing of it is seen outside of the pod, and the mount goes with the sidecar everywhere in it', async () => {
  expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(` ${pod.pfs} `)
  const isMounted = `grep -c " $1 .* fuse" /proc/self/mountinfo || true`
  for (const container of [pod.node, pod.sidecar, pod.notebook]) expect(await printed(container.enter(), isMounted, pod.pfs)).toBe('1\n')

  server.kill('SIGTERM')
  const [code] = (await once(server, 'exit')) as [number | null]

  expect(code).toBe(0)
  for (const container of [pod.node, pod.sidecar, pod.notebook]) expect(await printed(container.enter(), isMounted, pod.pfs)).toBe('0\n')
})
