/** How fast pachd-embedded is, next to what gRPC alone does on the same machine in the same run. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { BytesValue, grpcMethod, pfs } from '@jupyterlab-pachyderm/pachd-proto'

import { WireClient, add, on } from '../../../packages/pachd-embedded/tests/wire-client.js'

const MIB = 1024 * 1024
const LARGE = Number(process.env.LARGE_MIB ?? 1024) * MIB
const SMALL_FILES = Number(process.env.SMALL_FILES ?? 100_000)
const MANY_FILES = Number(process.env.MANY_FILES ?? 1_000_000)
const methods = pfs.APIDefinition.methods
const results: [name: string, figure: string, goal: string][] = []

interface Served {
  readonly child: ChildProcess
  readonly client: WireClient
}

function serve(program: readonly string[]): Promise<Served> {
  const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'inherit'] })
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (line: Buffer) => {
      const address = /grpc:\S+/.exec(line.toString())?.[0]
      if (address) resolve({ child, client: new WireClient(address) })
    })
    child.on('exit', reject)
  })
}

const at = (...path: string[]): string => join(import.meta.dirname, ...path)

/** The built program, as its users run it. */
const servePachd = (dataDir: string): Promise<Served> => serve([at('../../../packages/pachd-embedded/bin/pachd-embedded.js'), '--data-dir', dataDir, '--port', '0'])

const serveBare = (folder: string): Promise<Served> => serve(['--import', 'tsx', '-C', '@jupyterlab-pachyderm/source', at('bare-server.ts'), String(LARGE), folder])

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / 1000
}

const best = async (work: () => Promise<unknown>, rounds = 3): Promise<number> => {
  const all: number[] = []
  for (let i = 0; i < rounds; i++) all.push(await seconds(work))
  return Math.min(...all)
}

function memory(child: ChildProcess): { rss: number; anonymous: number; peak: number } {
  const status = readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8')
  const of = (key: string) => Math.round(Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024)
  return { rss: of('VmRSS'), anonymous: of('RssAnon'), peak: of('VmHWM') }
}

const diskBytes = (folder: string): number => readdirSync(folder, { recursive: true, withFileTypes: true }).reduce((sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).blocks * 512 : 0), 0)

function download(client: WireClient, path: string): Promise<{ bytes: number; firstMs: number }> {
  const { path: method, requestSerialize } = grpcMethod(pfs.APIDefinition, methods.getFile)
  const start = performance.now()
  let bytes = 0
  let firstMs = 0
  return new Promise((resolve, reject) => {
    client.client
      .makeServerStreamRequest(method, requestSerialize, raw => raw, pfs.GetFileRequest.fromPartial({ file: { commit: on('large', 'master'), path } }), client.metadata)
      .on('data', (raw: Buffer) => {
        firstMs ||= performance.now() - start
        bytes += BytesValue.decode(raw).value.length
      })
      .on('error', reject)
      .on('end', () => resolve({ bytes, firstMs }))
  })
}

function* largeFile(seed: number): Generator<object> {
  yield { body: { $case: 'setCommit', setCommit: on('large', 'master') } }
  for (let at = 0; at < LARGE; at += 2 * MIB) {
    const chunk = Buffer.alloc(2 * MIB, 7)
    chunk.writeUInt32LE(seed, 0)
    chunk.writeUInt32LE(at / MIB, 4)
    chunk.writeUInt32LE(seed, MIB)
    chunk.writeUInt32LE(at / MIB, MIB + 4)
    yield { body: add(`/large-${seed}`, chunk) }
  }
}

async function large(dataDir: string): Promise<void> {
  const bare = await serveBare(join(dataDir, 'bare'))
  const { child, client } = await servePachd(join(dataDir, 'pachd'))
  await client.createRepo('large')
  const upload = (to: WireClient, seed: number) => to.upload(pfs.APIDefinition, methods.modifyFile, largeFile(seed))
  const bareIn = await best(() => upload(bare.client, 0), 2)
  let seed = 0
  const pachdIn = await best(() => upload(client, ++seed), 2)
  results.push([`ModifyFile of ${LARGE / MIB} MiB`, `${((LARGE / MIB) / pachdIn).toFixed(0)} MiB/s, ${(bareIn / pachdIn).toFixed(2)} of bare gRPC + fsync`, '>= 0.50'])
  const bareOut = await best(() => download(bare.client, '/x'))
  const firsts: number[] = []
  const pachdOut = await best(async () => firsts.push((await download(client, '/large-1')).firstMs))
  results.push([`GetFile of ${LARGE / MIB} MiB`, `${((LARGE / MIB) / pachdOut).toFixed(0)} MiB/s, ${(bareOut / pachdOut).toFixed(2)} of bare gRPC`, '>= 0.70'])
  results.push(['first message of it', `${Math.min(...firsts).toFixed(1)} ms`, '< 20 ms'])
  results.push(['memory after it', JSON.stringify(memory(child)), ''])
  for (const served of [bare, { child, client }]) {
    served.client.close()
    served.child.kill()
  }
}

function* smallFiles(repo: string, count: number, content: (i: number) => Buffer, path: (i: number) => string): Generator<object> {
  yield { body: { $case: 'setCommit', setCommit: on(repo, 'master') } }
  for (let i = 0; i < count; i++) yield { body: add(path(i), content(i)) }
}

async function small(dataDir: string): Promise<void> {
  const { child, client } = await servePachd(dataDir)
  await client.createRepo('small')
  const content = (i: number) => Buffer.alloc(1024, `content of file ${i} `)
  const written = await seconds(() => client.upload(pfs.APIDefinition, methods.modifyFile, smallFiles('small', SMALL_FILES, content, i => `/d/file-${i.toString().padStart(7, '0')}`)))
  results.push([`${SMALL_FILES} files of 1 KiB in one commit`, `${(SMALL_FILES / written).toFixed(0)} files/s`, '>= 15000'])
  const listed = await seconds(() => client.listFiles(on('small', 'master'), '/d'))
  results.push(['ListFile of them', `${listed.toFixed(2)} s`, '< 3 s'])
  const globbed = await seconds(() => client.glob(on('small', 'master'), '/**'))
  results.push(['GlobFile /**', `${globbed.toFixed(2)} s`, '< 3 s'])
  const archived = await seconds(() => client.list(pfs.APIDefinition, methods.getFileTAR, { file: { commit: on('small', 'master'), path: '/' } }))
  results.push(['GetFileTAR of them', `${(SMALL_FILES / archived).toFixed(0)} files/s`, '>= 30000'])
  results.push(['memory after it', JSON.stringify(memory(child)), ''])
  await readers(client)
  client.close()
  child.kill()
}

async function readers(client: WireClient): Promise<void> {
  const times: number[] = []
  const done = { value: false }
  const writer = (async () => {
    for (let i = 0; !done.value; i++) await client.modify(on('small', 'master'), [add(`/w/${i}`, 'x')])
  })()
  await Promise.all(
    Array.from({ length: 64 }, async (_, reader) => {
      for (let i = 0; i < 100; i++) {
        const start = performance.now()
        await client.get(on('small', 'master'), `/d/file-${((reader * 7919 + i * 104_729) % SMALL_FILES).toString().padStart(7, '0')}`)
        times.push(performance.now() - start)
      }
    }),
  )
  done.value = true
  await writer
  times.sort((a, b) => a - b)
  const [p50, p99] = [times[Math.floor(times.length * 0.5)] ?? 0, times[Math.floor(times.length * 0.99)] ?? 0]
  results.push(['64 readers and a writer, p50 and p99 of a read', `${p50.toFixed(1)} ms, ${p99.toFixed(1)} ms, ratio ${(p99 / p50).toFixed(1)}`, '< 10'])
}

async function many(dataDir: string): Promise<void> {
  const { child, client } = await servePachd(dataDir)
  await client.createRepo('many')
  const path = (i: number) => `/${Math.floor(i / 1000).toString().padStart(4, '0')}/file-${(i % 1000).toString().padStart(3, '0')}`
  const written = await seconds(() => client.upload(pfs.APIDefinition, methods.modifyFile, smallFiles('many', MANY_FILES, i => Buffer.from(String(i)), path)))
  results.push([`${MANY_FILES} files in one commit`, `${(MANY_FILES / written).toFixed(0)} files/s`, ''])
  results.push(['memory after it', JSON.stringify(memory(child)), 'rss < 300'])
  const before = diskBytes(dataDir)
  const times: number[] = []
  for (let i = 0; i < 20; i++) times.push((await seconds(() => client.modify(on('many', 'master'), [add(path(i * 40_009), 'changed')]))) * 1000)
  times.sort((a, b) => a - b)
  results.push(['a commit that changes one of them', `p50 ${(times[10] ?? 0).toFixed(1)} ms, worst ${(times.at(-1) ?? 0).toFixed(1)} ms`, '< 50 ms'])
  results.push(['disk for each such commit', `${((diskBytes(dataDir) - before) / 20 / 1024).toFixed(0)} KiB`, '< 1024 KiB'])
  results.push(['memory after it', JSON.stringify(memory(child)), 'rss < 300'])
  client.close()
  child.kill('SIGKILL')
  await once(child, 'exit')
  const again: Served[] = []
  const restarted = await seconds(async () => again.push(await servePachd(dataDir)))
  results.push(['start after kill -9', `${restarted.toFixed(2)} s`, '< 2 s'])
  for (const served of again) {
    served.client.close()
    served.child.kill()
  }
}

const parts = { large, small, many }
const wanted = process.argv.slice(2)
for (const [name, part] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const dataDir = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), 'bench-embedded-'))
  await part(dataDir)
  rmSync(dataDir, { recursive: true, force: true })
}
for (const [name, figure, goal] of results) console.log(`| ${name} | ${figure} | ${goal} |`)
process.exit(0)
