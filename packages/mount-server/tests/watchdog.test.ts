import { FileSystem } from '@jupyterlab-pachyderm/mount-fs'
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'

import { KernelMount } from '../src/kernel-mount.js'
import { Watchdog } from '../src/watchdog/watchdog.js'
import { testPachd } from './running-server.js'
import { isMounted, startProcess, untilAnswers } from './server-process.js'

const run = promisify(execFile)
const eventually = { timeout: 20_000 }
let folder: string
let kernelMount: KernelMount
let watchdog: Watchdog
let log: string[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchdog-'))
  log = []
  const logger = pino({ level: 'info' }, { write: (line: string) => void log.push(line) })
  await mkdir(join(folder, 'pfs'))
  kernelMount = new KernelMount({ fileSystem: new FileSystem(), mountDir: join(folder, 'pfs'), allowOther: false, enabled: true, logger })
  watchdog = new Watchdog(kernelMount, logger, { pace: { intervalMs: 100, stuckMs: 1000, graceMs: 0 }, execArgv: ['--import', 'tsx', '-C', '@jupyterlab-pachyderm/source'] })
  await kernelMount.mount()
  watchdog.watch()
  await expect.poll(() => watchdog.isWatching, eventually).toBe(true)
})
afterEach(async () => {
  watchdog.stop()
  await kernelMount.unmount()
  await rm(folder, { recursive: true })
})

test('a mount that does not answer is taken away, and made again when the server can', async () => {
  const waiting = promisify(execFile)('ls', [kernelMount.mountDir]).catch(() => undefined)

  // Nothing in this process is answered in this time, and so no operation of the mount is.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4000)

  await expect.poll(() => log.join(''), eventually).toContain('was taken away; it is mounted again')
  await expect.poll(async () => (await isMounted(kernelMount.mountDir)) && kernelMount.state.state, eventually).toBe('mounted')
  await waiting
  expect(await readdir(kernelMount.mountDir)).toEqual([])
})

test('a mount that somebody else takes away is told, and what is mounted there instead is left alone', async () => {
  await run('fusermount', ['-u', kernelMount.mountDir])

  await expect.poll(() => kernelMount.state.state, eventually).toBe('failed')
  expect(log.join('')).toContain('was unmounted by somebody else')
})

test('what a server that was killed leaves behind is taken away when nobody starts it again', async () => {
  const pachd = await testPachd()
  const server = await startProcess([], { config: pachd.config })
  await untilAnswers(server)
  await expect.poll(() => isMounted(server.mountDir), eventually).toBe(true)

  server.child.kill('SIGKILL')
  await server.exit

  await expect.poll(() => isMounted(server.mountDir), { timeout: 50_000 }).toBe(false)
  await pachd.stop()
})
