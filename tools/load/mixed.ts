/** 64 clients that ask and read at the same time, while 16 readers stream. */
import { randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { type Figure, quantile } from './figures.js'
import { makeRepo, type Stack } from './stack.js'

const CLIENTS = 64
const READERS = 16
const SMALL_FILES = 200
const LARGE_FILES = 4
const LARGE_BYTES = 64 * 1024 * 1024
/** What a panel or script does between two requests. */
const PAUSE_MS = 50

/** What came of it. */
export interface MixedOutcome {
  readonly errors: readonly unknown[]
  /** Answers of the REST API. */
  readonly answers: number
  readonly figures: readonly Figure[]
}

/** Runs for `seconds`. */
export async function mixed({ pachd, call, mountDir }: Stack, seconds: number): Promise<MixedOutcome> {
  const names = Array.from({ length: SMALL_FILES }, (_, index) => `f${String(index).padStart(3, '0')}`)
  await makeRepo(pachd, 'mixed', new Map(names.map(name => [`/small/${name}`, randomBytes(16 * 1024)])))
  await makeRepo(pachd, 'large', new Map(Array.from({ length: LARGE_FILES }, (_, index) => [`/l${String(index)}`, randomBytes(LARGE_BYTES)])))
  await call('PUT', '/_mount', { mounts: [{ name: 'mixed', repo: 'mixed' }, { name: 'large', repo: 'large' }] })

  const endMs = performance.now() + seconds * 1000
  const elapsed: number[] = []
  const errors: unknown[] = []
  let streamed = 0
  let filesRead = 0
  const pick = () => names[Math.floor(Math.random() * names.length)] ?? ''
  const rest: [what: string, ask: () => Promise<string>][] = [
    ['/mounts', () => call('GET', '/mounts')],
    ['/repos', () => call('GET', '/repos')],
    ['/config', () => call('GET', '/config')],
    ['/files, a directory', () => call('GET', '/files/mixed/small/?limit=100')],
    ['/files, a file', () => call('GET', `/files/mixed/small/${pick()}`)],
    ['/repos/…/commits', () => call('GET', '/repos/default/mixed/commits')],
  ]
  const elapsedOf = new Map(rest.map(([what]) => [what, new Array<number>()]))
  const client = async (number: number) => {
    for (let round = number; performance.now() < endMs; round++) {
      try {
        const begun = performance.now()
        const [what, ask] = rest[round % rest.length] ?? []
        await ask?.()
        elapsed.push(performance.now() - begun)
        elapsedOf.get(what ?? '')?.push(performance.now() - begun)
        if (round % 3 === 0) {
          await readFile(join(mountDir, 'mixed/small', pick()))
          filesRead++
        }
        if (round % 50 === 0) await readdir(join(mountDir, 'mixed/small'))
      } catch (error) {
        errors.push(error)
      }
      await delay(PAUSE_MS)
    }
  }
  const reader = async (number: number) => {
    while (performance.now() < endMs) {
      try {
        for await (const part of createReadStream(join(mountDir, 'large', `l${String(number % LARGE_FILES)}`), { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
          streamed += part.length
          if (performance.now() >= endMs) break
        }
      } catch (error) {
        errors.push(error)
      }
    }
  }
  await Promise.all([...Array.from({ length: CLIENTS }, (_, number) => client(number)), ...Array.from({ length: READERS }, (_, number) => reader(number))])

  const [p50, p99] = [quantile(elapsed, 0.5), quantile(elapsed, 0.99)]
  const figures = [
    { what: `errors of ${String(CLIENTS)} clients and ${String(READERS)} readers in ${String(seconds)} s`, figure: String(errors.length), goal: '0', isMet: errors.length === 0 },
    { what: `REST answers, ${String(elapsed.length)} of them`, figure: `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`, goal: 'p99 250 ms', isMet: p99 < 250 },
    ...Array.from(elapsedOf, ([what, times]) => ({ what: `of these ${what}`, figure: `p50 ${quantile(times, 0.5).toFixed(0)} ms, p99 ${quantile(times, 0.99).toFixed(0)} ms`, goal: '', isMet: true })),
    { what: 'meanwhile read through the mount', figure: `${(streamed / 2 ** 20 / seconds).toFixed(0)} MiB/s, ${(filesRead / seconds).toFixed(0)} small files/s`, goal: '', isMet: true },
  ]
  return { errors, answers: elapsed.length, figures }
}
