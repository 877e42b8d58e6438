/** An embedded pachd and a mount-server in processes of their own, for one run. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { Agent, request, type RequestOptions } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { branchReference, createPachdClient, type PachdClient, repoReference } from '@jupyterlab-pachyderm/pachd-client'

const root = join(import.meta.dirname, '../..')

/** What runs. */
export interface Stack {
  readonly pachd: PachdClient
  readonly mountDir: string
  readonly serverProcess: ChildProcess
  /** Sends a request; rejects unless it is answered with a status below 400. */
  readonly call: (method: string, path: string, body?: unknown) => Promise<string>
  readonly stop: () => Promise<void>
}

/** Starts both; they answer when this resolves. */
export async function startStack(): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'load-'))
  const mountDir = join(folder, 'pfs')
  const socketPath = join(folder, 'sock')
  await mkdir(mountDir)
  const pachdProcess = spawn(process.execPath, program('pachd-embedded', '--data-dir', join(folder, 'pachd'), '--port', '0'), { stdio: ['ignore', 'pipe', 'inherit'] })
  const address = await printed(pachdProcess, /grpc:\S+/)
  await writeFile(join(folder, 'config.json'), JSON.stringify({ v2: { active_context: 'load', contexts: { load: { pachd_address: address } } } }), { mode: 0o600 })
  const serverProcess = spawn(process.execPath, program('mount-server', '--mount-dir', mountDir, '--sock-path', socketPath, '--log-level', 'warn'), {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, PACH_CONFIG: join(folder, 'config.json'), XDG_STATE_HOME: join(folder, 'state'), XDG_CACHE_HOME: join(folder, 'cache') },
  })
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity })
  const call = (method: string, path: string, body?: unknown) => send({ agent, socketPath, method, path, headers: { host: 'localhost' } }, body)
  while (!(await call('GET', '/ready').then(() => true, () => false))) await delay(50)
  const pachd = createPachdClient({ address })
  return {
    pachd, mountDir, serverProcess, call,
    stop: async () => {
      agent.destroy()
      pachd.close()
      for (const child of [serverProcess, pachdProcess]) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Makes a repo with one commit of `files`, by path. */
export async function makeRepo(pachd: PachdClient, name: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const branch = branchReference({ repo: name, branch: 'master' })
  await pachd.pfs.createRepo({ repo: repoReference({ name }) })
  await pachd.pfs.modifyFile(
    (function* () {
      yield { body: { $case: 'setCommit' as const, setCommit: { branch, repo: branch.repo } } }
      for (const [path, bytes] of files) for (let at = 0; at === 0 || at < bytes.length; at += 1 << 20) yield { body: { $case: 'addFile' as const, addFile: { path, source: { $case: 'raw' as const, raw: bytes.subarray(at, at + (1 << 20)) } } } }
    })(),
  )
  const { head } = await pachd.pfs.inspectBranch({ branch })
  await pachd.pfs.inspectCommit({ commit: { branch, repo: branch.repo, id: head?.id ?? '' }, wait: 'FINISHED' })
}

/** What a process holds. */
export interface Holdings {
  readonly residentMiB: number
  readonly handles: number
  readonly threads: number
}

/** As the kernel counts it. */
export async function holdings({ pid = 0 }: ChildProcess): Promise<Holdings> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8')
  const of = (key: string) => Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1] ?? 0)
  return { residentMiB: Math.round(of('VmRSS') / 1024), threads: of('Threads'), handles: (await readdir(`/proc/${String(pid)}/fd`)).length }
}

function program(name: string, ...args: string[]): string[] {
  return ['--import', 'tsx', '-C', '@jupyterlab-pachyderm/source', join(root, 'packages', name, 'src/main.ts'), ...args]
}

function printed(child: ChildProcess, wanted: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', code => reject(new Error(`it ended with ${String(code)}`)))
    child.stdout?.on('data', (text: Buffer) => {
      const [found] = wanted.exec(text.toString()) ?? []
      if (found !== undefined) resolve(found)
    })
  })
}

function send(options: RequestOptions, body: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(options, response => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(parts).toString()
        if ((response.statusCode ?? 500) < 400) resolve(text)
        else reject(new Error(`${String(response.statusCode)}: ${text}`))
      })
    })
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}
