/** A program that runs beside us: started in a group of its own, watched, and stopped for certain. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

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

interface ProcessMark {
  readonly pid?: number | undefined
  readonly startedAt?: string | undefined
}

/** What one start leaves on disk, for the next one. */
interface Marks {
  readonly supervisor: ProcessMark
  readonly services: readonly ProcessMark[]
}

/** Remembers which programs this process runs, so that the next start can end them if this one is killed. */
export async function rememberServices(path: string, services: readonly Service[]): Promise<void> {
  const marks: Marks = { supervisor: await markOf(process.pid), services: await Promise.all(services.map(({ pid }) => markOf(pid))) }
  await writeFile(path, JSON.stringify(marks))
}

/**
 * Ends the programs that an earlier start left behind when it was killed. Throws SetupError when that start still runs.
 * A number that means another process by now is left alone.
 */
export async function endLeftoverServices(path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return
  const { supervisor, services } = JSON.parse(text) as Marks
  if (supervisor.pid !== process.pid && (await isAlive(supervisor))) {
    throw new SetupError(`Another npm start (process ${String(supervisor.pid)}) uses this data directory. Stop it with Ctrl-C, or choose other ports and directories; npm start -- --help lists the options.`)
  }
  for (const service of services) await end(service)
}

async function end(service: ProcessMark): Promise<void> {
  for (let waitedMs = 0; service.pid !== undefined && (await isAlive(service)); waitedMs += 100) {
    if (waitedMs === 0) process.kill(service.pid, 'SIGTERM')
    if (waitedMs === 10_000) process.kill(service.pid, 'SIGKILL')
    await delay(100)
  }
}

async function markOf(pid: number | undefined): Promise<ProcessMark> {
  return { pid, startedAt: await startTimeOf(pid) }
}

async function isAlive({ pid, startedAt }: ProcessMark): Promise<boolean> {
  return startedAt !== undefined && (await startTimeOf(pid)) === startedAt
}

/** When the kernel started the process, in clock ticks: with the number it names one process for ever. */
async function startTimeOf(pid: number | undefined): Promise<string | undefined> {
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => '')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? undefined : fields[19]
}
