/** How long GET /repos and GET /mounts take with many repos: `node --import tsx -C @jupyterlab-pachyderm/source tools/bench/listing.ts [repos] [branches]`. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import { FileSystem, StageDirectory } from '@jupyterlab-pachyderm/mount-fs'
import { Connection, createApp, DatumCursor, MountLifecycle } from '@jupyterlab-pachyderm/mount-server'
import { branchReference, createPachdClient, repoReference } from '@jupyterlab-pachyderm/pachd-client'

const [repos = 2000, branches = 20] = process.argv.slice(2).map(Number)
const ROUNDS = 15
const PORT = 30_751

const folder = await mkdtemp(join(tmpdir(), 'bench-listing-'))
const pachd = spawn(process.execPath, ['packages/pachd-embedded/bin/pachd-embedded.js', '--data-dir', join(folder, 'pachd'), '--port', String(PORT)], { stdio: 'ignore' })
const address = `grpc://127.0.0.1:${String(PORT)}`
const client = createPachdClient({ address })
while (!(await client.health.check({}, { timeoutMs: 1000 }).catch(() => undefined))) await setTimeout(50)
for (let repo = 0; repo < repos; repo++) {
  const name = `repo-${String(repo)}`
  await client.pfs.createRepo({ repo: repoReference({ name }) })
  await Promise.all(Array.from({ length: branches }, (_, branch) => client.pfs.createBranch({ branch: branchReference({ repo: name, branch: `branch-${String(branch)}` }) })))
}
const config = join(folder, 'config.json')
await writeFile(config, JSON.stringify({ v2: { active_context: 'bench', contexts: { bench: { pachd_address: address } } } }))

const fileSystem = new FileSystem()
const connection = new Connection({ env: {}, configFile: config })
const mounts = new MountLifecycle({ fileSystem, connection, stage: new StageDirectory(join(folder, 'stage')), mountDir: '/pfs' })
await connection.connectFromConfig()
const app = createApp({ fileSystem, connection, mounts, datums: new DatumCursor(connection, mounts), started: Promise.resolve(), arrived: () => Promise.resolve(), host: '127.0.0.1', token: undefined, apiCompat: '2.8', logger: undefined })
const served = await app.listen({ port: 0 })

for (const path of ['/repos', '/mounts', '/repos?limit=100', '/repos?search=repo-19']) {
  const times: number[] = []
  let bytes = 0
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    bytes = (await (await fetch(served + path)).arrayBuffer()).byteLength
    times.push(performance.now() - start)
  }
  const [first = 0, ...warm] = times
  warm.sort((a, b) => a - b)
  console.log(`${path}: ${String(bytes)} bytes, first ${first.toFixed(0)} ms, warm median ${(warm[Math.floor(warm.length / 2)] ?? 0).toFixed(0)} ms, slowest ${(warm.at(-1) ?? 0).toFixed(0)} ms`)
}

const start = performance.now()
let count = 0
for await (const { branches: names } of client.pfs.listRepo({ type: 'user' })) count += names.length
console.log(`pachd alone: ${String(count)} branches in ${(performance.now() - start).toFixed(0)} ms`)

await app.close()
connection.close()
client.close()
pachd.kill()
await once(pachd, 'exit')
await rm(folder, { recursive: true, force: true })
