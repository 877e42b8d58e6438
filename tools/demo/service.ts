/** A program that runs beside us: started in a group of its own, watched, and stopped for certain. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'

import { SetupError } from '../setup/report.mjs'

/** How to start a program. */
export interface ServiceOptions {
  /** How messages call it. */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  /** File that gets its output. */
  readonly logPath: string
}

/** A running program; whoever starts it stops it. */
export class Service {
  readonly name: string
  readonly logPath: string
  /** Settles when the program has ended; the text says how. */
  readonly ended: Promise<string>
  readonly #child: ChildProcess
  #output = ''
  readonly #listeners = new Set<() => void>()

  constructor(options: ServiceOptions) {
    this.name = options.name
    this.logPath = options.logPath
    // A group of its own, so that Ctrl-C at the terminal reaches us alone and we stop things in order.
    this.#child = spawn(options.command, options.args, { cwd: options.cwd, env: options.env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    const log = createWriteStream(options.logPath)
    const onOutput = (chunk: Buffer) => {
      log.write(chunk)
      this.#output = (this.#output + chunk.toString()).slice(-16_000)
      for (const listener of this.#listeners) listener()
    }
    this.#child.stdout?.on('data', onOutput)
    this.#child.stderr?.on('data', onOutput)
    this.ended = new Promise(resolve => {
      this.#child.once('error', error => resolve(error.message))
      this.#child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit status ${String(code)}`))
    })
    void this.ended.then(() => log.end())
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Resolves to the match when the output has one. Throws SetupError when the program ends, or says nothing, first. */
  async waitForOutput(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray> {
    let stopWaiting = () => {}
    const matched = new Promise<RegExpExecArray>(resolve => {
      const look = () => {
        const match = pattern.exec(this.#output)
        if (match) resolve(match)
      }
      this.#listeners.add(look)
      stopWaiting = () => this.#listeners.delete(look)
      look()
    })
    try {
      return await this.whileRunning(matched, timeoutMs)
    } finally {
      stopWaiting()
    }
  }

  /** The result of `work`. Throws SetupError when the program ends, or the time is over, first. */
  async whileRunning<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<string>(resolve => (timer = setTimeout(() => resolve(`it was not ready after ${timeoutMs / 1000} s`), timeoutMs)))
    try {
      const result = await Promise.race([work.then(value => ({ value })), this.ended, timeout])
      if (typeof result === 'string') throw new SetupError(`${this.name} did not start (${result}).\n${this.#output.slice(-2000)}\nIts log is ${this.logPath}`)
      return result.value
    } finally {
      clearTimeout(timer)
    }
  }

  /** Asks the program to end, waits, and kills it when it does not. Stopping twice is fine. */
  async stop(graceMs = 12_000): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) return
    this.#child.kill('SIGTERM')
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), graceMs)
    await this.ended
    clearTimeout(kill)
  }
}

/** Remembers which programs run, so that the next start can end them if this one is killed. */
export async function rememberServices(path: string, services: readonly Service[]): Promise<void> {
  const entries = await Promise.all(services.map(async ({ pid }) => ({ pid, startedAt: await startTimeOf(pid) })))
  await writeFile(path, JSON.stringify(entries))
}

/** Ends the programs that an earlier start left behind. A number that means another process by now is left alone. */
export async function endLeftoverServices(path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => '[]')
  for (const { pid, startedAt } of JSON.parse(text) as { pid?: number; startedAt?: string }[]) {
    if (pid === undefined || startedAt === undefined || (await startTimeOf(pid)) !== startedAt) continue
    process.kill(pid, 'SIGTERM')
    for (let waitedMs = 0; (await startTimeOf(pid)) === startedAt; waitedMs += 100) {
      if (waitedMs === 10_000) process.kill(pid, 'SIGKILL')
      await new Promise(resolve => setTimeout(resolve, 100))
    }
  }
}

/** When the kernel started the process, in clock ticks: with the number it names one process for ever. */
async function startTimeOf(pid: number | undefined): Promise<string | undefined> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => '')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? undefined : fields[19]
}
