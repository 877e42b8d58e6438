/** Compares lmdb and SQLite (libsql) as the store of pachd-embedded: speed, memory, size and a killed process. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { engines } from './engines.js'
import type { Engine } from './engines.js'

const ROWS = Number(process.env.ROWS ?? 1_000_000)
const BATCH = 10_000
const VALUE_BYTES = 120

interface Memory {
  rssMiB: number
  anonMiB: number
}

function memory(): Memory {
  const status = readFileSync('/proc/self/status', 'utf8')
  const of = (key: string) => Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024
  return { rssMiB: Math.round(of('VmRSS')), anonMiB: Math.round(of('RssAnon')) }
}

function diskMiB(folder: string): number {
  return Math.round(readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0) / 2 ** 20)
}

/** Keys as the server has them: one commit's paths, in order of the path. */
function rowKey(i: number): Buffer {
  return Buffer.from(`commit/0123456789abcdef/${Math.floor(i / 1000).toString().padStart(6, '0')}/${(i % 1000).toString().padStart(4, '0')}`)
}

async function timed<T>(work: () => Promise<T> | T): Promise<{ seconds: number; memory: Memory; result: T }> {
  const start = performance.now()
  const result = await work()
  return { seconds: (performance.now() - start) / 1000, memory: memory(), result }
}

async function measure(name: string, engine: Engine, folder: string): Promise<void> {
  const value = Buffer.alloc(VALUE_BYTES, 7)
  const insert = await timed(async () => {
    for (let i = 0; i < ROWS; i += BATCH) {
      await engine.insert(Array.from({ length: BATCH }, (_, j) => [rowKey(i + j), value] as const))
    }
  })
  const scan = await timed(() => engine.scan(Buffer.from('commit/'), Buffer.from('commit0')))
  const get = await timed(() => {
    for (let i = 0; i < 200_000; i++) engine.get(rowKey((i * 7919) % ROWS))
  })
  const single = await timed(async () => {
    for (let i = 0; i < 200; i++) await engine.insert([[Buffer.from(`one/${i}`), value]])
  })
  const show = (x: Memory) => `${x.rssMiB}/${x.anonMiB}`
  console.log(
    [
      name,
      `insert ${Math.round(ROWS / insert.seconds)} rows/s`,
      `scan ${Math.round(scan.result / scan.seconds)} rows/s`,
      `get ${Math.round(200_000 / get.seconds)}/s`,
      `durable single row ${(single.seconds * 5).toFixed(2)} ms`,
      `RSS/anon MiB after insert ${show(insert.memory)}, scan ${show(scan.memory)}, gets ${show(get.memory)}`,
      `file ${diskMiB(folder)} MiB`,
    ].join('\n  '),
  )
  await engine.close()
}

/** Inserts rows one by one and prints each number once it is durable, until killed. */
async function writeUntilKilled(engine: Engine): Promise<never> {
  for (let i = 0; ; i++) {
    await engine.insert([[Buffer.from(`row/${i.toString().padStart(9, '0')}`), Buffer.alloc(VALUE_BYTES)]])
    process.stdout.write(`${i}\n`)
  }
}

async function killRound(name: keyof typeof engines, folder: string): Promise<boolean> {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', 'write', name, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  let last = -1
  child.stdout.on('data', (bytes: Buffer) => {
    const lines = bytes.toString().trim().split('\n')
    last = Number(lines.at(-1))
    if (last > 200 && !child.killed) child.kill('SIGKILL')
  })
  await new Promise(resolve => child.on('close', resolve))
  const engine = engines[name](folder)
  const kept = engine.scan(Buffer.from('row/'), Buffer.from('row0'))
  await engine.close()
  return kept >= last + 1
}

const [mode, name, folder] = process.argv.slice(2)
if (mode === 'write' && (name === 'lmdb' || name === 'libsql') && folder) await writeUntilKilled(engines[name](folder))
else if (mode === 'one' && (name === 'lmdb' || name === 'libsql') && folder) await measure(name, engines[name](folder), folder)
else {
  for (const engine of ['lmdb', 'libsql'] as const) {
    const data = mkdtempSync(join(tmpdir(), `store-${engine}-`))
    // A process of its own, so that the memory figures are of one engine.
    await new Promise(resolve => spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', 'one', engine, data], { stdio: 'inherit' }).on('close', resolve))
    rmSync(data, { recursive: true })
    let whole = 0
    for (let round = 0; round < 3; round++) {
      const killed = mkdtempSync(join(tmpdir(), `store-kill-${engine}-`))
      if (await killRound(engine, killed)) whole++
      rmSync(killed, { recursive: true })
    }
    console.log(`  kill -9: every acknowledged row was there in ${whole} of 3 rounds`)
  }
}
