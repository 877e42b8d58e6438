/** An embedded pachd and a mount-server in processes of their own, which can be killed and started again on what they left. */
import { branchReference, commitReference, createPachdClient, type PachdClient, readFile as readCommitted, repoReference } from '@jupyterlab-pachyderm/pachd-client'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { bundleProgram } from './bundled-programs.js'
import { freePort, Program } from './program.js'

const run = promisify(execFile)

/** The bundled programs, which several stacks can share. */
export interface Programs {
  readonly server: string
  readonly pachd: string
}

/** Bundles both below `folder`. */
export async function bundlePrograms(folder: string): Promise<Programs> {
  return { server: await bundleProgram('mount-server', folder), pachd: await bundleProgram('pachd-embedded', folder) }
}

const unchanged = (command: readonly string[]): readonly string[] => command

/** How a stack is made. */
export interface StackOptions {
  readonly programs: Programs
  /** More arguments of mount-server; what is given twice counts as given here. */
  readonly serverArgs?: readonly string[]
  /** What stands between mount-server and pachd: the address that it connects to. Default: pachd itself. */
  readonly through?: (address: string) => Promise<string>
  /** Makes the command of mount-server another one, as with nsenter or setpriv before it. */
  readonly wrapServer?: (command: readonly string[]) => readonly string[]
  readonly wrapPachd?: (command: readonly string[]) => readonly string[]
  readonly dataDir?: string
}

/** An answer of mount-server. */
export interface Answer {
  readonly status: number
  readonly text: string
}

/** Two programs on one folder. The one who makes it stops it. */
export class KillableStack {
  readonly folder: string
  readonly mountDir: string
  readonly socket: string
  readonly config: string
  readonly pachd: Program
  readonly server: Program
  /** Of pachd itself, whatever mount-server goes through. */
  readonly client: PachdClient
  readonly address: string

  private constructor(folder: string, port: number, options: StackOptions) {
    this.folder = folder
    this.mountDir = join(folder, 'pfs')
    this.socket = join(folder, 'pfs.sock')
    this.config = join(folder, 'config.json')
    this.address = `grpc://127.0.0.1:${String(port)}`
    this.client = createPachdClient({ address: this.address })
    const { programs, serverArgs = [], wrapServer = unchanged, wrapPachd = unchanged, dataDir = join(folder, 'pachd') } = options
    this.pachd = new Program({
      command: () => wrapPachd([process.execPath, programs.pachd, '--data-dir', dataDir, '--port', String(port)]),
      isReady: () => this.client.admin.inspectCluster({}, { timeoutMs: 1000 }).then(() => true, () => false),
    })
    this.server = new Program({
      command: () => wrapServer([process.execPath, programs.server, '--mount-dir', this.mountDir, '--sock-path', this.socket, '--stage-dir', join(folder, 'stage'), '--cache-dir', join(folder, 'cache'), '--cache-size', '2MB', '--pach-config', this.config, ...serverArgs]),
      env: () => ({ PATH: process.env['PATH'], HOME: join(folder, 'home') }),
      isReady: async () => (await this.call('GET', '/mounts').catch(() => undefined))?.status === 200 && (await this.isMounted()),
    })
  }

  /** Starts pachd; mount-server is started when it is needed. */
  static async make(options: StackOptions): Promise<KillableStack> {
    const stack = new KillableStack(await mkdtemp(join(tmpdir(), 'kills-')), await freePort(), options)
    for (const name of ['pfs', 'home']) await mkdir(join(stack.folder, name))
    await stack.pachd.start()
    const address = (await options.through?.(stack.address)) ?? stack.address
    await writeFile(stack.config, JSON.stringify({ v2: { active_context: 'test', contexts: { test: { pachd_address: address } } } }), { mode: 0o600 })
    return stack
  }

  /** Whether mount-server's directory is a mount point, dead or alive, as its process sees it. */
  async isMounted(): Promise<boolean> {
    return (await readFile(`/proc/${String(this.server.pid ?? 'self')}/mountinfo`, 'utf8').catch(() => '')).includes(` ${this.mountDir} `)
  }

  /** Sends a request to mount-server. Rejects when the connection breaks, or after `timeoutMs`. */
  call(method: string, path: string, body?: unknown, timeoutMs = 300_000): Promise<Answer> {
    return callSocket(this.socket, method, path, body, timeoutMs)
  }

  /** As `call`; rejects with the log of the server, too, when the status is not 200. */
  async done(method: string, path: string, body?: unknown): Promise<string> {
    const { status, text } = await this.call(method, path, body)
    if (status !== 200) throw new Error(`${method} ${path} is ${String(status)}: ${text}\n${this.server.log}`)
    return text
  }

  /** Mounts a repo under its own name, unless it is mounted already. */
  async mount(repo: string, mode: 'ro' | 'rw'): Promise<string> {
    if (!(await this.done('GET', '/mounts')).includes(`"name":"${repo}"`)) await this.done('PUT', '/_mount', { mounts: [{ name: repo, repo, mode }] })
    return join(this.mountDir, repo)
  }

  /** Makes a repo, with one commit unless there are no files. */
  async makeRepo(repo: string, files: ReadonlyMap<string, Uint8Array> = new Map()): Promise<void> {
    await this.client.pfs.createRepo({ repo: repoReference({ name: repo }) })
    if (files.size > 0) await commitFiles(this.client, repo, files)
  }

  /** Ends both programs, takes the mount away, and deletes the folder. */
  async stop(): Promise<void> {
    await this.server.kill()
    this.client.close()
    await this.pachd.kill()
    while (await this.isMounted()) await run('umount', ['--lazy', this.mountDir])
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
  }
}

/** Sends a request to a mount-server that listens on a socket. */
export function callSocket(socketPath: string, method: string, path: string, body?: unknown, timeoutMs = 300_000): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method, path, host: 'localhost', signal: AbortSignal.timeout(timeoutMs) }, response => {
      let text = ''
      response.on('data', (part: Buffer) => (text += part.toString()))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** Makes one finished commit on master in which each of the files has these bytes; what else is there stays. */
export async function commitFiles(client: PachdClient, repo: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const branch = branchReference({ repo, branch: 'master' })
  await client.pfs.modifyFile(
    (function* () {
      yield { body: { $case: 'setCommit' as const, setCommit: { branch, repo: branch.repo } } }
      for (const [path, bytes] of files) {
        yield { body: { $case: 'deleteFile' as const, deleteFile: { path } } }
        for (let at = 0; at === 0 || at < bytes.byteLength; at += 1 << 20) yield { body: { $case: 'addFile' as const, addFile: { path, source: { $case: 'raw' as const, raw: bytes.subarray(at, at + (1 << 20)) } } } }
      }
    })(),
  )
  const { head } = await client.pfs.inspectBranch({ branch })
  await client.pfs.inspectCommit({ commit: commitReference({ repo, branch: 'master', id: head?.id }), wait: 'FINISHED' })
}

/** SHA-256 in hexadecimal digits. */
export const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** The digest of each file of the head of master, by path and in its order; none without a head. */
export async function committedDigests(client: PachdClient, repo: string): Promise<Map<string, string>> {
  const found: [string, string][] = []
  const id = (await client.pfs.inspectBranch({ branch: branchReference({ repo, branch: 'master' }) }).catch(() => undefined))?.head?.id
  if (!id) return new Map()
  const commit = commitReference({ repo, branch: 'master', id })
  for await (const { file, fileType } of client.pfs.walkFile({ file: { commit, path: '/' } })) {
    if (fileType !== 'FILE' || !file) continue
    const parts: Uint8Array[] = []
    for await (const part of readCommitted(client, { commit, path: file.path })) parts.push(part)
    found.push([file.path, digest(Buffer.concat(parts))])
  }
  return new Map(found.sort())
}

/** The commits of master, the newest first, and whether each changes anything. */
export async function commitsOf(client: PachdClient, repo: string): Promise<{ readonly id: string; readonly isEmpty: boolean; readonly isFinished: boolean }[]> {
  const found: { id: string; isEmpty: boolean; isFinished: boolean }[] = []
  const id = (await client.pfs.inspectBranch({ branch: branchReference({ repo, branch: 'master' }) }).catch(() => undefined))?.head?.id
  if (!id) return found
  for await (const { commit, finished } of client.pfs.listCommit({ repo: repoReference({ name: repo }), to: commitReference({ repo, branch: 'master', id }), all: true })) {
    let isEmpty = true
    if (finished) for await (const _ of client.pfs.diffFile({ newFile: { commit: commitReference({ repo, branch: 'master', id: commit?.id }), path: '/' } })) isEmpty = false
    found.push({ id: commit?.id ?? '', isEmpty, isFinished: finished !== undefined })
  }
  return found
}
