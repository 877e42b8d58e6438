/** mount-server, pachd, or both are killed at random moments while a program writes; what was acknowledged is compared afterwards. */
import { execFile, spawn } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

import { commitsOf, committedDigests, digest, type KillableStack } from './killable-stack.js'

const LONGEST_WORK_MS = 250
const run = promisify(execFile)

/** How often, on what, and with which dice. */
export interface KillRounds {
  readonly stack: KillableStack
  /** A new one. */
  readonly repo: string
  readonly kills: number
  readonly seed: number
  /** A number from 0 to 1, as Math.random. */
  readonly random: () => number
}

/** What came of it; the lists are empty when all is well. */
export interface KillOutcome {
  /** Changes that the writer finished. */
  readonly operations: number
  /** Kills that hit unfinished work: of the others, nothing is proved. */
  readonly unfinished: number
  /** Acknowledged files that are not as they were left, in the mount or in the last commit. */
  readonly lost: readonly string[]
  /** Commits that change nothing: something was sent twice. */
  readonly twice: readonly string[]
  /** Names in the stage after everything was committed. */
  readonly leftOver: readonly string[]
}

/** What a writer said: what is there for certain, and where it was interrupted. */
class Acknowledged {
  readonly files = new Map<string, string>()
  readonly lost: string[] = []
  operations = 0
  readonly #touched = new Set<string>()
  readonly #uncertain = new Set<string>()

  hear(line: string): void {
    const { what, paths = [], path = '', sha = null } = JSON.parse(line) as { what: string; paths?: string[]; path?: string; sha?: string | null }
    if (what === 'begin') for (const one of paths) this.#uncertain.add(one)
    if (what !== 'ack') return
    this.operations++
    this.#uncertain.delete(path)
    this.#touched.add(path)
    if (sha === null) this.files.delete(path)
    else this.files.set(path, sha)
  }

  get isInterrupted(): boolean {
    return this.#uncertain.size > 0
  }

  /** Looks at what was touched, or at everything; what was interrupted is taken as it is. */
  async check(directory: string, { all }: { all: boolean }): Promise<void> {
    for (const path of all ? new Set([...this.files.keys(), ...this.#touched]) : this.#touched) {
      const [found, expected] = [await digestAt(join(directory, path)), this.files.get(path) ?? null]
      if (!this.#uncertain.has(path) && found !== expected) this.lost.push(`${path} in the mount: ${String(found)}, not ${String(expected)}`)
    }
    for (const path of this.#uncertain) {
      const found = await digestAt(join(directory, path))
      if (found === null) this.files.delete(path)
      else this.files.set(path, found)
    }
    this.#touched.clear()
    this.#uncertain.clear()
  }
}

/** Kills so many times, commits, and compares. mount-server is stopped when this resolves. */
export async function killRounds({ stack, repo, kills, seed, random }: KillRounds): Promise<KillOutcome> {
  const { pachd, server, client } = stack
  await stack.makeRepo(repo)
  const directory = join(stack.mountDir, repo)
  const acknowledged = new Acknowledged()
  let unfinished = 0

  for (let round = 1; round <= kills; round++) {
    await server.start()
    await stack.mount(repo, 'rw')
    await acknowledged.check(directory, { all: round % 50 === 0 })

    const writer = spawn('python3', [join(import.meta.dirname, 'writer.py'), directory, String(seed + round)], { stdio: ['pipe', 'pipe', 'ignore'] })
    writer.stdin.end(`${JSON.stringify([...acknowledged.files.keys()].slice(0, 100))}\n`)
    const lines = createInterface(writer.stdout)
    const written = once(lines, 'close')
    const isReady = once(lines, 'line')
    lines.on('line', line => acknowledged.hear(line))
    await Promise.race([isReady, written.then(() => Promise.reject(new Error('the writer ended before it wrote anything')))])
    await delay((random() * LONGEST_WORK_MS) / 2)
    const pending = new Set<string>()
    const ask = async (path: string, body: unknown) => {
      pending.add(path)
      await stack.call('PUT', path, body).catch(() => undefined)
      pending.delete(path)
    }
    const kind = round % 10
    // Most commits that are begun are killed; some end, so that the branch moves on.
    if (kind === 9) await stack.done('PUT', '/_commit', { mount: repo })
    const asked = kind < 3 ? ask('/_commit', { mount: repo }) : kind === 3 ? ask('/_unmount', { mounts: [repo] }) : kind === 4 ? readSome(directory) : undefined
    await delay((random() * LONGEST_WORK_MS) / 2)
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
  await stack.mount(repo, 'rw')
  await acknowledged.check(directory, { all: true })
  await stack.done('PUT', '/_commit', { mount: repo })
  const committed = await committedDigests(client, repo)
  const paths = new Set([...committed.keys(), ...acknowledged.files.keys()])
  const lost = [...paths].filter(path => committed.get(path) !== acknowledged.files.get(path)).map(path => `${path} in the commit: ${String(committed.get(path))}, not ${String(acknowledged.files.get(path))}`)
  await server.kill('SIGTERM')
  return {
    operations: acknowledged.operations,
    unfinished,
    lost: [...acknowledged.lost, ...lost],
    twice: (await commitsOf(client, repo)).filter(({ isEmpty }) => isEmpty).map(({ id }) => id),
    leftOver: (await Promise.all((await readdir(join(stack.folder, 'stage'))).map(name => readdir(join(stack.folder, 'stage', name))))).flat(),
  }
}

async function readSome(directory: string): Promise<void> {
  const names = await readdir(join(directory, 'd0')).catch(() => [])
  // Without a file, cat would wait for its input.
  if (names.length === 0) return
  await run('cat', names.map(name => join(directory, 'd0', name)), { encoding: 'buffer', maxBuffer: Infinity }).catch(() => undefined)
}

async function digestAt(path: string): Promise<string | null> {
  try {
    return digest(await readFile(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
