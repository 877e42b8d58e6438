import { FileSystem, mountPointAt } from '@jupyterlab-pachyderm/mount-fs'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'

import { KernelMount } from '../src/kernel-mount.js'
import { Watchdog } from '../src/watchdog/watchdog.js'
import { testPachd, type TestPachd } from './running-server.js'
import { isMounted, send, startProcess, untilAnswers } from './server-process.js'

const run = promisify(execFile)
const eventually = { timeout: 60_000 }
let folder: string
let kernelMount: KernelMount
let watchdog: Watchdog
let log: string[]
let pachd: TestPachd

beforeAll(async () => {
  pachd = await testPachd()
})
afterAll(() => pachd.stop())

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchdog-'))
  log = []
  const logger = pino({ level: 'info' }, { write: (line: string) => void log.push(line) })
  await mkdir(join(folder, 'pfs'))
  await mkdir(join(folder, 'other'))
  kernelMount = new KernelMount({ fileSystem: new FileSystem(), mountDir: join(folder, 'pfs'), allowOther: false, enabled: true, logger })
  watchdog = new Watchdog(kernelMount, logger, { pace: { intervalMs: 100, stuckMs: 1000, graceMs: 0 }, restorePace: { firstMs: 100, lastMs: 200, stableMs: 1000 }, execArgv: ['--import', 'tsx', '-C', '@jupyterlab-pachyderm/source'] })
  await kernelMount.mount()
  watchdog.watch()
  await expect.poll(() => watchdog.isWatching, eventually).toBe(true)
})
afterEach(async () => {
  watchdog.stop()
  await kernelMount.unmount()
  await rm(folder, { recursive: true })
})

async function isReady({ socket }: { readonly socket: string }): Promise<boolean> {
  return (await send({ socketPath: socket }, 'GET', '/ready').catch(() => undefined))?.status === 200
}

/** Another process that serves a mount at `mountDir`. */
async function servingProcess(mountDir: string): Promise<ChildProcess> {
  const script = `import { FileSystem, mountFuse } from '@jupyterlab-pachyderm/mount-fs'; await mountFuse(new FileSystem(), { mountDir: process.argv[1] }); console.log('mounted'); setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--import', 'tsx', '-C', '@jupyterlab-pachyderm/source', '--input-type=module', '-e', script, mountDir], { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  await once(child.stdout, 'data')
  return child
}

test('a mount that does not answer is taken away, and made again when the server can', async () => {
  const waiting = promisify(execFile)('ls', [kernelMount.mountDir]).catch(() => undefined)

  // Nothing in this process is answered in this time, and so no operation of the mount is.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4000)

  await expect.poll(() => log.join(''), eventually).toContain('was taken away; it is mounted again')
  await expect.poll(async () => (await isMounted(kernelMount.mountDir)) && kernelMount.state.state, eventually).toBe('mounted')
  await waiting
  expect(await readdir(kernelMount.mountDir)).toEqual([])
})

test('a mount that is unmounted from outside the server comes back, and what is mounted there instead is left alone until it goes', async () => {
  await run('mount', ['-t', 'tmpfs', 'other', join(folder, 'other')])
  onTestFinished(async () => {
    await run('umount', ['-l', join(folder, 'other')]).catch(() => undefined)
    await run('umount', ['-l', kernelMount.mountDir]).catch(() => undefined)
  })

  await run('sh', ['-c', `fusermount -u '${kernelMount.mountDir}' && mount --move '${join(folder, 'other')}' '${kernelMount.mountDir}'`])
  await expect.poll(() => kernelMount.state, eventually).toMatchObject({ state: 'failed', reason: expect.stringContaining('shows another mount now (other, tmpfs)') as string })
  await run('umount', [kernelMount.mountDir])

  await expect.poll(() => kernelMount.state.state, eventually).toBe('mounted')
  expect(await readdir(kernelMount.mountDir)).toEqual([])
  await expect.poll(() => watchdog.isWatching, eventually).toBe(true)
})

test('the mount of another server that has the numbers of the lost one is not unmounted', async () => {
  const lost = kernelMount.mountPoint
  watchdog.stop()
  await run('fusermount', ['-u', kernelMount.mountDir])
  const other = await servingProcess(kernelMount.mountDir)
  expect((await mountPointAt(kernelMount.mountDir))?.id).toBe(lost?.id)

  await kernelMount.unmount()

  expect(await isMounted(kernelMount.mountDir)).toBe(true)
  other.kill('SIGKILL')
  await run('fusermount', ['-uz', kernelMount.mountDir])
})

test('what a server that was killed leaves behind is taken away when nobody starts it again', async () => {
  const server = await startProcess([], { config: pachd.config })
  await untilAnswers(server)
  await expect.poll(() => isMounted(server.mountDir), eventually).toBe(true)

  server.child.kill('SIGKILL')
  await server.exit

  await expect.poll(() => isMounted(server.mountDir), { timeout: 50_000 }).toBe(false)
})

describe('while the server is stopped', () => {
  /** Where the server runs: in a mount namespace of its own, whose /sys/fs/fuse/connections is `controls`. */
  const inNamespace = (controls: string, ...user: string[]) => ['unshare', '-m', '--propagation', 'private', 'sh', '-ec', `${controls}; exec "$@"`, 'sh', ...user]
  const withControls = 'mount -t fusectl fusectl /sys/fs/fuse/connections'
  const withoutControls = 'mount -t tmpfs tmpfs /sys/fs/fuse/connections'
  const openDevice = 'mount -t tmpfs tmpfs /mnt; mknod -m 666 /mnt/fuse c 10 229; mount --bind /mnt/fuse /dev/fuse'
  const plainUser = ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups']

  /** A server in a namespace, with its mount; the mounts of the namespace end with it. */
  async function startInNamespace(through: readonly string[], args: readonly string[] = []) {
    const home = await mkdtemp('/tmp/watchdog-stopped-')
    const config = join(home, 'config.json')
    await copyFile(pachd.config, config)
    for (const name of ['pfs', 'state', 'cache']) await mkdir(join(home, name))
    await run('chown', ['-R', through.includes('setpriv') ? 'nobody' : 'root', home])
    const server = await startProcess(args, { config, folder: home, through })
    const isMountedThere = async () => (await readFile(`/proc/${String(server.child.pid)}/mountinfo`, 'utf8')).includes(` ${server.mountDir} `)
    await expect.poll(() => isReady(server), eventually).toBe(true)
    return { ...server, isMountedThere }
  }

  /** Looks a file up in the mount of a server; resolves to what stat says, and after how many milliseconds. */
  async function lookUp({ child, mountDir }: { readonly child: { readonly pid?: number | undefined }; readonly mountDir: string }, ...user: string[]) {
    const begunMs = performance.now()
    const said = await run('nsenter', ['-t', String(child.pid), '-m', ...user, 'stat', join(mountDir, 'x')]).then(({ stdout }) => stdout, (error: unknown) => (error as { stderr: string }).stderr)
    return { said, tookMs: performance.now() - begunMs }
  }

  test('programs that wait for it are freed within a minute, with and without the control file system, and it mounts again when it goes on', { timeout: 240_000 }, async () => {
    const servers = await Promise.all([startInNamespace(inNamespace(withControls)), startInNamespace(inNamespace(withoutControls))])

    for (const { child } of servers) child.kill('SIGSTOP')
    const looks = await Promise.all(servers.map(server => lookUp(server)))

    for (const { said, tookMs } of looks) {
      expect(said).toMatch(/connection abort|not connected/)
      expect(tookMs).toBeLessThan(60_000)
    }
    for (const { child } of servers) child.kill('SIGCONT')
    for (const server of servers) {
      await expect.poll(() => server.log(), eventually).toContain('did not answer and was taken away')
      await expect.poll(server.isMountedThere, eventually).toBe(true)
      await expect.poll(() => isReady(server), eventually).toBe(true)
    }
  })

  test('a server of a user who may not end its connection is killed, so programs that wait for it are freed', { timeout: 240_000 }, async () => {
    const server = await startInNamespace(inNamespace(`${withoutControls}; ${openDevice}`, ...plainUser), ['--allow-other=false'])

    server.child.kill('SIGSTOP')
    const { said, tookMs } = await lookUp(server, ...plainUser)

    expect(said).toMatch(/connection abort|not connected/)
    expect(tookMs).toBeLessThan(60_000)
    expect(await server.exit).toBe(null)
  })
})
