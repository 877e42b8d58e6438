/** A program that is started, killed, and started again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

const START_MS = 60_000

/** How a program runs. */
export interface ProgramOptions {
  readonly command: () => readonly string[]
  readonly env?: () => NodeJS.ProcessEnv
  readonly isReady: () => Promise<boolean>
}

/** One program; it runs at most once at a time. */
export class Program {
  readonly #options: ProgramOptions
  #child: ChildProcess | undefined
  /** All that it printed since it was last started. */
  log = ''

  constructor(options: ProgramOptions) {
    this.#options = options
  }

  /** The id of its process; undefined while it does not run. */
  get pid(): number | undefined {
    return this.isRunning ? this.#child?.pid : undefined
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Resolves when it is ready. Rejects with its log when it ends, or is not ready in a minute. */
  async start(): Promise<void> {
    this.log = ''
    const [file = '', ...args] = this.#options.command()
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env: this.#options.env?.() ?? process.env })
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (this.log += text.toString()))
    await until(async () => !this.isRunning || (await this.#options.isReady()), START_MS, () => `${args[0] ?? file} is not ready: ${this.log}`)
    if (!this.isRunning) throw new Error(`${args[0] ?? file} ended at once: ${this.log}`)
  }

  /** Sends a signal and resolves with the exit code when it has ended; at once when it does not run. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    const child = this.#child
    this.#child = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
    return child.exitCode
  }

  /** Sends a signal that does not end it. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal)
  }
}

/** Resolves when `condition` holds; rejects with what `sentence` says when it does not in time. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs: number, sentence: () => string): Promise<void> {
  const end = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(sentence())
    await delay(10)
  }
}

/** A port of loopback that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address ? address.port : 0
}
