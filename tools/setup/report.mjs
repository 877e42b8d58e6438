/** How the tools speak to the person at the terminal: steps that show what takes long, and errors that say what to do. */
import { execFileSync, spawn } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..', '..')

/** A failure whose message is meant for the person at the terminal; no stack is shown. */
export class SetupError extends Error {
  /** @override */
  name = 'SetupError'
}

/**
 * Shows `title`, does `work`, then shows how long it took. Rethrows what `work` throws.
 * @template T
 * @param {string} title
 * @param {() => T | Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const startedAt = performance.now()
  process.stderr.write(`● ${title} …\n`)
  const result = await work()
  const seconds = (performance.now() - startedAt) / 1000
  if (seconds >= 1) process.stderr.write(`  ${title}: ${seconds.toFixed(1)} s\n`)
  return result
}

/**
 * Runs a command to its end. Its output goes to .setup/<log>.log and, on a terminal, its last line is shown while it
 * works. Throws SetupError with the end of the output when the command fails.
 * @param {string} log
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 * @returns {Promise<void>}
 */
export async function run(log, command, args, { env = process.env, cwd = root } = {}) {
  mkdirSync(join(root, '.setup'), { recursive: true })
  const path = join(root, '.setup', `${log}.log`)
  const file = createWriteStream(path)
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let tail = ''
  const onOutput = (/** @type {Buffer} */ chunk) => {
    file.write(chunk)
    tail = (tail + chunk.toString()).slice(-4000)
    if (process.stderr.isTTY) showProgress(tail)
  }
  child.stdout.on('data', onOutput)
  child.stderr.on('data', onOutput)
  const exit = await new Promise(resolve => {
    child.once('error', error => resolve(error.message))
    child.once('close', (code, signal) => resolve(code ?? signal))
  })
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  file.end()
  if (exit !== 0) throw new SetupError(`${tail}\n${command} ${args.join(' ')} failed (${exit}); the whole output is in ${path}`)
}

function showProgress(/** @type {string} */ tail) {
  const line = tail.trimEnd().split(/[\r\n]/).at(-1) ?? ''
  process.stderr.write(`\r\x1b[K  ${line.slice(0, (process.stderr.columns ?? 80) - 4)}`)
}

/**
 * The output of a command, or undefined when it cannot be run or fails.
 * @param {string} command
 * @param {string[]} args
 * @returns {string | undefined}
 */
export function outputOf(command, args) {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}

/**
 * Runs the whole of a tool; its SetupErrors become one message and exit status 1.
 * @param {() => Promise<number | void>} main resolves to the exit status, 0 when left out
 */
export async function runTool(main) {
  try {
    process.exitCode = (await main()) ?? 0
  } catch (error) {
    process.stderr.write(error instanceof SetupError ? `\n${error.message}\n` : `\n${error instanceof Error ? error.stack : String(error)}\n`)
    process.exitCode = 1
  }
}
