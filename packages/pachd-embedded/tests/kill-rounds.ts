/** A server is killed while several writers commit; what it keeps is compared with what it acknowledged. */
import { deepStrictEqual as equal, ok } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

import fc from 'fast-check'

import { problemsOf } from './problems.js'
import { WireClient, add, at, on, remove } from './wire-client.js'

const WRITERS = 4
const FILES = 5

/** How often, and on what. */
export interface KillRounds {
  /** The file that Node runs. */
  readonly program: string
  /** A new directory. */
  readonly dataDir: string
  readonly rounds: number
  readonly seed: number
}

/** What came of it when nothing was lost. */
export interface KillOutcome {
  /** Kills that found the server running. */
  readonly killedWriting: number
  /** Commits that are kept. */
  readonly commits: number
  /** Of these, commits whose answer the kill took away: of the other kills, little is proved. */
  readonly unanswered: number
}

interface Served {
  readonly child: ChildProcess
  readonly exit: Promise<unknown>
  readonly client: WireClient
}

function serve(program: string, dataDir: string): Promise<Served> {
  const child = spawn(process.execPath, [program, '--data-dir', dataDir, '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const exit = once(child, 'exit')
  return new Promise((resolve, reject) => {
    let errors = ''
    child.stderr.on('data', bytes => (errors += String(bytes)))
    child.stdout.on('data', bytes => {
      const address = /listening on (grpc:\S+)/.exec(String(bytes))?.[1]
      if (address) resolve({ child, exit, client: new WireClient(address) })
    })
    void exit.then(() => reject(new Error(`the server ended: ${errors}`)))
  })
}

const repoOf = (writer: number) => `w${writer}`

/** Every commit of a writer has the same number in all its files, some of them of several chunks, so that a part of a commit would show. */
const operations = (number: number) => Array.from({ length: FILES }, (_, i) => [remove(`/f${i}`), add(`/f${i}`, `${number};`.repeat(1 + (i % 2) * 4000))]).flat()

/** The number that all files of a commit have; 0 where there are none. */
async function numberIn(client: WireClient, commit: object): Promise<number> {
  const listed = await client.listFiles(commit)
  if (listed.length === 0) return 0
  const texts = await Promise.all(Array.from({ length: FILES }, (_, i) => client.get(commit, `/f${i}`)))
  const number = Number.parseInt(String(texts[0]))
  equal(texts.map(String), Array.from({ length: FILES }, (_, i) => `${number};`.repeat(1 + (i % 2) * 4000)), 'the files of one commit')
  return number
}

/** What the writers were told, and how far the one commit that each had under way when the server was killed came. */
class Writers {
  readonly acknowledged = Array.from({ length: WRITERS }, () => 0)

  /** Commits until the server is gone. */
  async write(client: WireClient, writer: number, onAcknowledged: () => void): Promise<void> {
    for (;;) {
      const next = (this.acknowledged[writer] ?? 0) + 1
      await client.modify(on(repoOf(writer), 'master'), operations(next))
      this.acknowledged[writer] = next
      onAcknowledged()
    }
  }

  /** Every branch shows the last acknowledged commit, or the one that was under way, and is whole. Resolves to how many of the latter there are. */
  async check(client: WireClient): Promise<number> {
    let unanswered = 0
    for (let writer = 0; writer < WRITERS; writer++) {
      const acknowledged = this.acknowledged[writer] ?? 0
      if (acknowledged === 0 && (await client.listCommits(repoOf(writer))).length === 0) continue
      const head = await client.inspectCommit(on(repoOf(writer), 'master'))
      ok(head.finished, 'the head is finished')
      const shown = await numberIn(client, at(repoOf(writer), head.commit?.id ?? ''))
      ok([acknowledged, acknowledged + 1].includes(shown), `the branch of writer ${writer} shows commit ${shown} after ${acknowledged} was acknowledged`)
      if (shown > acknowledged) unanswered++
      this.acknowledged[writer] = shown
    }
    return unanswered
  }
}

/** Throws an assertion error that says what was lost, torn, or there twice. */
export async function killRounds({ program, dataDir, rounds, seed }: KillRounds): Promise<KillOutcome> {
  const [moments] = fc.sample(fc.array(fc.record({ commits: fc.nat(6), thenMs: fc.nat(12) }), { minLength: rounds, maxLength: rounds }), { seed, numRuns: 1 })
  const writers = new Writers()
  let unanswered = 0
  let killedWriting = 0

  for (const [round, { commits, thenMs }] of (moments ?? []).entries()) {
    const { child, exit, client } = await serve(program, dataDir)
    if (round === 0) for (let writer = 0; writer < WRITERS; writer++) await client.createRepo(repoOf(writer))
    unanswered += await writers.check(client)

    let left = commits
    const due = new Promise<void>(resolve => {
      if (left === 0) resolve()
      const counted = () => {
        if (--left === 0) resolve()
      }
      void Promise.allSettled(Array.from({ length: WRITERS }, (_, writer) => writers.write(client, writer, counted))).then(() => resolve())
    })
    await due
    // Not a wait for anything: somewhere in the middle of the next commits.
    setTimeout(() => child.kill('SIGKILL'), thenMs)
    await exit
    if (child.signalCode === 'SIGKILL') killedWriting++
    client.close()
    equal(await problemsOf(dataDir), [], 'problems of the data directory')
  }

  const { child, exit, client } = await serve(program, dataDir)
  unanswered += await writers.check(client)
  for (let writer = 0; writer < WRITERS; writer++) {
    const found: number[] = []
    for (const { commit, finished } of await client.listCommits(repoOf(writer))) {
      ok(finished, 'every commit is finished')
      found.push(Number.parseInt(String(await client.get(at(repoOf(writer), commit?.id ?? ''), '/f0'))))
    }
    // Newest first, none missing, none twice.
    equal(found, Array.from({ length: writers.acknowledged[writer] ?? 0 }, (_, i) => (writers.acknowledged[writer] ?? 0) - i), `the commits of writer ${writer}`)
  }
  client.close()
  child.kill('SIGTERM')
  await exit
  equal(child.exitCode, 0, 'the exit code after SIGTERM')
  return { killedWriting, unanswered, commits: writers.acknowledged.reduce((sum, count) => sum + count, 0) }
}
