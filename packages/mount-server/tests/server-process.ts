/** A mount-server in a process of its own, for tests of what only a process has. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onTestFinished, vi } from 'vitest'

const run = promisify(execFile)

/** A started process. */
export interface ServerProcess {
  readonly child: ChildProcess
  readonly folder: string
  readonly mountDir: string
  /** Where it listens unless it was given a port. */
  readonly socket: string
  /** All that it printed. */
  readonly log: () => string
  /** Resolves with the exit code. */
  readonly exit: Promise<number | null>
}

/** How it is started. */
export interface ProcessOptions {
  readonly config: string
  /** Replaces the whole environment; the mount directory and the socket are arguments. */
  readonly env?: Record<string, string | undefined>
  /** The directory that holds mount directory and socket. Default: a new one. */
  readonly folder?: string
  /** Whether it leads a session of its own, as launchers start it. Default: the session of the tests, which a container may hide. */
  readonly ownSession?: boolean
  /** A command that becomes the server: it gets the command line of the server as its last arguments. */
  readonly through?: readonly string[]
}

/** Starts a server; it ends with the test, and so does its mount. */
export async function startProcess(args: readonly string[], { config, env = { PATH: process.env['PATH'] }, folder, ownSession = false, through = [] }: ProcessOptions): Promise<ServerProcess> {
  const home = folder ?? (await mkdtemp(join(tmpdir(), 'mount-server-process-')))
  const mountDir = join(home, 'pfs')
  const socket = join(home, 'pfs.sock')
  // What a killed server left there can be mounted on, and nothing else.
  if (!(await isMounted(mountDir))) await mkdir(mountDir, { recursive: true })
  const main = new URL('../src/main.ts', import.meta.url).pathname
  const where = args.some(arg => arg.startsWith('--port') || arg.startsWith('--sock-path')) ? [] : ['--sock-path', socket]
  const [program = '', ...words] = [...through, process.execPath, '--import', 'tsx', '-C', '@jupyterlab-pachyderm/source', main, '--mount-dir', mountDir, ...where, ...args]
  const child = spawn(program, words, {
    env: { PACH_CONFIG: config, TMPDIR: home, XDG_STATE_HOME: join(home, 'state'), XDG_CACHE_HOME: join(home, 'cache'), ...env },
    cwd: import.meta.dirname,
    detached: ownSession,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (log += text.toString()))
  const exit = once(child, 'exit').then(([code]) => code as number | null)
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await exit
    while (await isMounted(mountDir)) await run('fusermount', ['-uz', mountDir])
  })
  return { child, folder: home, mountDir, socket, log: () => log, exit }
}

/** Whether something is mounted at `path`. */
export async function isMounted(path: string): Promise<boolean> {
  return (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').some(line => line.split(' ')[4] === path)
}

/** An answer over a socket or a port. */
export interface RawAnswer {
  readonly status: number
  readonly text: string
}

/** Sends a request to a server that listens on a socket, or on a port of 127.0.0.1. */
export function send(to: { socketPath: string } | { port: number }, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<RawAnswer> {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', ...to, method, path, headers: { host: 'localhost', 'content-length': String(Buffer.byteLength(text)), ...headers } }, response => {
      let answer = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => (answer += part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: answer }))
    })
    sent.on('error', reject)
    sent.end(text)
  })
}

/** Resolves when the server on the socket answers GET `path` with 200. */
export async function untilAnswers({ socket }: ServerProcess, path = '/mounts'): Promise<void> {
  await vi.waitFor(async () => {
    const { status } = await send({ socketPath: socket }, 'GET', path)
    if (status !== 200) throw new Error(`${path} is ${String(status)}`)
  }, { timeout: 20_000, interval: 25 })
}
