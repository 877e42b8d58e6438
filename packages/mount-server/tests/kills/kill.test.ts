/**
 * mount-server, pachd, or both are killed at random moments; nothing that was acknowledged may be missing afterwards.
 * MOUNT_SERVER_KILLS says how often (200).
 */
import { branchReference, commitReference, createPachdClient, type PachdClient, readFile as readCommitted, repoReference } from '@jupyterlab-pachyderm/pachd-client'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { bundleProgram } from './bundled-programs.js'

const KILLS = Number(process.env['MOUNT_SERVER_KILLS'] ?? 200)
const LONGEST_WORK_MS = 250

const run = promisify(execFile)
const cleanUp: (() => unknown)[] = []
let folder = ''
let programs = { server: '', pachd: '' }
let port = 0
let client: PachdClient

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mount-server-kills-'))
  cleanUp.push(() => rm(folder, { recursive: true, force: true }))
  programs = { server: await bundleProgram('mount-server', folder), pachd: await bundleProgram('pachd-embedded', folder) }
  port = await freePort()
  for (const name of ['pfs', 'home']) await mkdir(join(folder, name))
  await writeFile(join(folder, 'config.json'), JSON.stringify({ v2: { active_context: 'test', contexts: { test: { pachd_address: `grpc://127.0.0.1:${String(port)}` } } } }))
  client = createPachdClient({ address: `grpc://127.0.0.1:${String(port)}` })
  cleanUp.push(() => client.close())
}, 60_000)
afterAll(async () => {
  for (const step of cleanUp.reverse()) await step()
})

/** A program that is started, killed, and started again. */
class Program {
  readonly #start: () => ChildProcess
  readonly #isReady: () => Promise<boolean>
  #child: ChildProcess | undefined
  log = ''

  constructor(start: () => ChildProcess, isReady: () => Promise<boolean>) {
    this.#start = start
    this.#isReady = isReady
    cleanUp.push(() => this.kill())
  }

  async start(): Promise<void> {
    this.log = ''
    this.#child = this.#start()
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream?.on('data', (text: Buffer) => (this.log += text.toString()))
    await expect.poll(this.#isReady, { timeout: 30_000, interval: 10, message: 'the program is ready' }).toBe(true)
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (!child || child.exitCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address ? address.port : 0
}

function call(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath: join(folder, 'pfs.sock'), method, path, host: 'localhost' }, response => {
      let text = ''
      response.on('data', (part: Buffer) => (text += part.toString()))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

async function digestAt(path: string): Promise<string | null> {
  try {
    return digest(await readFile(join(folder, 'pfs/w', path)))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** What a writer said: what is there for certain, and where it was interrupted. */
class Acknowledged {
  readonly files = new Map<string, string>()
  readonly #touched = new Set<string>()
  readonly #uncertain = new Set<string>()

  hear(line: string): void {
    const { what, paths = [], path = '', sha = null } = JSON.parse(line) as { what: string; paths?: string[]; path?: string; sha?: string | null }
    if (what === 'begin') for (const one of paths) this.#uncertain.add(one)
    if (what !== 'ack') return
    this.#uncertain.delete(path)
    this.#touched.add(path)
    if (sha === null) this.files.delete(path)
    else this.files.set(path, sha)
  }

  get isInterrupted(): boolean {
    return this.#uncertain.size > 0
  }

  /** Looks at what was touched, or at everything; what was interrupted is taken as it is. */
  async check({ all }: { all: boolean }): Promise<void> {
    for (const path of all ? new Set([...this.files.keys(), ...this.#touched]) : this.#touched) {
      if (!this.#uncertain.has(path)) expect(await digestAt(path), path).toBe(this.files.get(path) ?? null)
    }
    for (const path of this.#uncertain) {
      const found = await digestAt(path)
      if (found === null) this.files.delete(path)
      else this.files.set(path, found)
    }
    this.#touched.clear()
    this.#uncertain.clear()
  }
}

test(`what was acknowledged is there after ${String(KILLS)} kills, and no commit is made twice`, async () => {
  const mountDir = join(folder, 'pfs')
  const pachd = new Program(
    () => spawn(process.execPath, [programs.pachd, '--data-dir', join(folder, 'pachd'), '--port', String(port)], { stdio: ['ignore', 'pipe', 'pipe'] }),
    () => client.admin.inspectCluster({}, { timeoutMs: 1000 }).then(() => true, () => false),
  )
  const server = new Program(
    () =>
      spawn(process.execPath, [programs.server, '--mount-dir', mountDir, '--sock-path', join(folder, 'pfs.sock'), '--stage-dir', join(folder, 'stage'), '--cache-dir', join(folder, 'cache'), '--cache-size', '2MB', '--pach-config', join(folder, 'config.json')], {
        env: { PATH: process.env['PATH'], HOME: join(folder, 'home') },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    async () => (await call('GET', '/mounts').catch(() => undefined))?.status === 200 && (await readFile('/proc/self/mountinfo', 'utf8')).includes(` ${mountDir} `),
  )
  cleanUp.push(async () => {
    await server.kill()
    while ((await readFile('/proc/self/mountinfo', 'utf8')).includes(` ${mountDir} `)) await run('fusermount', ['-uz', mountDir])
  })
  await pachd.start()
  await client.pfs.createRepo({ repo: repoReference({ name: 'kills' }) })
  const mount = { mounts: [{ name: 'w', repo: 'kills', mode: 'rw' }] }
  const acknowledged = new Acknowledged()
  let unfinished = 0

  for (let round = 1; round <= KILLS; round++) {
    await server.start()
    if (!(await call('GET', '/mounts')).text.includes('"name":"w"')) expect((await call('PUT', '/_mount', mount)).status, server.log).toBe(200)
    await acknowledged.check({ all: round % 50 === 0 })

    const writer = spawn('python3', [join(import.meta.dirname, 'writer.py'), join(mountDir, 'w'), String(round)], { stdio: ['pipe', 'pipe', 'ignore'] })
    writer.stdin.end(`${JSON.stringify([...acknowledged.files.keys()].slice(0, 100))}\n`)
    const lines = createInterface(writer.stdout)
    const written = once(lines, 'close')
    const isReady = once(lines, 'line')
    lines.on('line', line => acknowledged.hear(line))
    await isReady
    await delay((Math.random() * LONGEST_WORK_MS) / 2)
    const pending = new Set<string>()
    const ask = async (path: string, body: unknown) => {
      pending.add(path)
      await call('PUT', path, body).catch(() => undefined)
      pending.delete(path)
    }
    const kind = round % 10
    // Most commits that are begun are killed; some end, so that the branch moves on.
    if (kind === 9) expect((await call('PUT', '/_commit', { mount: 'w' })).status, server.log).toBe(200)
    const asked = kind < 3 ? ask('/_commit', { mount: 'w' }) : kind === 3 ? ask('/_unmount', { mounts: ['w'] }) : kind === 4 ? run('cat', (await readdir(join(mountDir, 'w/d0')).catch(() => [])).map(name => join(mountDir, 'w/d0', name))).catch(() => undefined) : undefined
    await delay((Math.random() * LONGEST_WORK_MS) / 2)
    if (kind === 0 || kind === 8) {
      await pachd.kill()
      await pachd.start()
    }
    if (pending.size > 0 || acknowledged.isInterrupted) unfinished++
    await server.kill()
    await asked
    writer.kill()
    await written
  }

  await server.start()
  if (!(await call('GET', '/mounts')).text.includes('"name":"w"')) expect((await call('PUT', '/_mount', mount)).status, server.log).toBe(200)
  await acknowledged.check({ all: true })
  expect((await call('PUT', '/_commit', { mount: 'w' })).status, server.log).toBe(200)
  const branch = branchReference({ repo: 'kills', branch: 'master' })
  const head = (await client.pfs.inspectBranch({ branch })).head?.id ?? ''
  expect(await committedDigests(head)).toEqual(new Map([...acknowledged.files].sort()))
  await server.kill('SIGTERM')
  expect(await readdir(join(folder, 'stage')).then(names => Promise.all(names.map(name => readdir(join(folder, 'stage', name))))), 'what is left in the stage').toEqual([])
  expect(await emptyCommits(head), 'commits that change nothing').toEqual([])
  expect(unfinished, 'kills that hit unfinished work').toBeGreaterThan(KILLS / 2)
}, 1_800_000)

async function committedDigests(id: string): Promise<Map<string, string>> {
  const found: [string, string][] = []
  const commit = commitReference({ repo: 'kills', branch: 'master', id })
  for await (const { file, fileType } of client.pfs.walkFile({ file: { commit, path: '/' } })) {
    if (fileType !== 'FILE' || !file) continue
    const parts: Uint8Array[] = []
    for await (const part of readCommitted(client, { commit, path: file.path })) parts.push(part)
    found.push([file.path, digest(Buffer.concat(parts))])
  }
  return new Map(found.sort())
}

async function emptyCommits(head: string): Promise<string[]> {
  const empty: string[] = []
  for await (const { commit } of client.pfs.listCommit({ repo: repoReference({ name: 'kills' }), to: commitReference({ repo: 'kills', branch: 'master', id: head }), all: true })) {
    let changes = 0
    for await (const _ of client.pfs.diffFile({ newFile: { commit: commitReference({ repo: 'kills', branch: 'master', id: commit?.id }), path: '/' } })) changes++
    if (changes === 0) empty.push(commit?.id ?? '')
  }
  return empty
}
