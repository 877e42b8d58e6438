import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { checkDataDirectory } from '../src/index.js'
import { WireClient, add, at, on } from './wire-client.js'

const ROUNDS = Number(process.env['PACHD_KILL_ROUNDS'] ?? 20)
const WRITERS = 4
const FILES = 5

interface Served {
  readonly child: ChildProcess
  readonly address: string
  readonly startedAfterMs: number
}

function serve(dataDir: string): Promise<Served> {
  const began = performance.now()
  const main = join(import.meta.dirname, '../src/main.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', '-C', '@jupyterlab-pachyderm/source', main, '--data-dir', dataDir, '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] })
  return new Promise((resolve, reject) => {
    let errors = ''
    child.stderr.on('data', bytes => (errors += String(bytes)))
    child.stdout.on('data', bytes => {
      const address = /listening on (grpc:\S+)/.exec(String(bytes))?.[1]
      if (address) resolve({ child, address, startedAfterMs: performance.now() - began })
    })
    child.on('exit', () => reject(new Error(`the server ended: ${errors}`)))
  })
}

const ended = (child: ChildProcess) => new Promise(resolve => (child.exitCode !== null || child.signalCode !== null ? resolve(undefined) : child.on('exit', resolve)))

/** Every commit of a writer has the same text in all its files, so that a part of a commit would show. */
const operations = (text: string) => Array.from({ length: FILES }, (_, i) => [{ $case: 'deleteFile', deleteFile: { path: `/f${i}` } }, add(`/f${i}`, text.repeat(1 + (i % 2) * 4000))]).flat()

test('a server that is killed while it writes keeps every commit that it acknowledged, and no half one', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'pachd-kill-'))
  const acknowledged = Array.from({ length: WRITERS }, () => 0)
  const slowest = { startMs: 0 }
  for (let round = 0; round < ROUNDS; round++) {
    const { child, address, startedAfterMs } = await serve(dataDir)
    if (round > 0) slowest.startMs = Math.max(slowest.startMs, startedAfterMs)
    const client = new WireClient(address)
    if (round === 0) for (let writer = 0; writer < WRITERS; writer++) await client.createRepo(`w${writer}`)

    const writers = acknowledged.map(async (_, writer) => {
      for (;;) {
        const next = (acknowledged[writer] ?? 0) + 1
        await client.modify(on(`w${writer}`, 'master'), operations(`${next};`))
        acknowledged[writer] = next
      }
    })
    const stopped = Promise.allSettled(writers)
    // Any moment will do: what matters is that it is not chosen by the server.
    setTimeout(() => child.kill('SIGKILL'), 30 + ((round * 7919) % 170))
    await stopped
    await ended(child)
    client.close()

    const problems: string[] = []
    for await (const problem of checkDataDirectory(dataDir)) problems.push(problem)
    expect(problems).toEqual([])
  }

  const { child, address } = await serve(dataDir)
  const client = new WireClient(address)
  for (let writer = 0; writer < WRITERS; writer++) {
    const repo = `w${writer}`
    const numbers = new Map<number, string>()
    for (const info of (await client.listCommits(repo)).slice(0, 200)) {
      const commit = at(repo, info.commit?.id ?? '')
      const texts = await Promise.all(Array.from({ length: FILES }, (_, i) => client.get(commit, `/f${i}`)))
      const [number] = (texts[0] ?? Buffer.alloc(0)).toString().split(';')
      expect(texts.map(text => text.toString())).toEqual(Array.from({ length: FILES }, (_, i) => `${number};`.repeat(1 + (i % 2) * 4000)))
      expect(info.finished).toBeDefined()
      numbers.set(Number(number), info.commit?.id ?? '')
    }
    const newest = acknowledged[writer] ?? 0
    for (let number = Math.max(1, newest - 150); number <= newest; number++) expect(numbers.has(number), `commit ${number} of ${repo}`).toBe(true)
  }
  client.close()
  child.kill('SIGTERM')
  await ended(child)
  expect(child.exitCode).toBe(0)
  expect(Math.max(...acknowledged)).toBeGreaterThan(ROUNDS)
  expect(slowest.startMs).toBeLessThan(Number(process.env['PACHD_START_LIMIT_MS'] ?? 4000))
}, 600_000)
