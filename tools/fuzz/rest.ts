/**
 * Sends thousands of made-up requests to a mount-server on an embedded pachd, by the reference in docs/openapi.json:
 * `node --import tsx -C @jupyterlab-pachyderm/source tools/fuzz/rest.ts SCHEMATHESIS [requests]`. It fails when an answer
 * is not as the reference says, when one does not come in time, and when the server made a mistake of its own.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { FileSystem, StageDirectory } from '@jupyterlab-pachyderm/mount-fs'
import { Connection, createApp, DatumCursor, MountLifecycle } from '@jupyterlab-pachyderm/mount-server'
import { branchReference, createPachdClient, repoReference } from '@jupyterlab-pachyderm/pachd-client'
import { startEmbeddedPachd } from '@jupyterlab-pachyderm/pachd-embedded'
import { pino } from 'pino'

const [schemathesis = 'schemathesis', wanted = '2000'] = process.argv.slice(2)
const reference = join(import.meta.dirname, '../../docs/openapi.json')

/** Tried when all else is done: after it another pachd than ours may be connected, if one listens at an address that was made up. */
const LAST = '/config'
/** An address that was made up is waited for up to 4.5 s. */
const LAST_EXAMPLES = 20
/** Events have no end; a listener that leaves after this time makes one. */
const LISTEN_MS = 200
/** What a layer says on purpose; anything else in the log is a mistake. */
const expected = new Set(['MountError', 'PachdError', 'FsError'])

const folder = await mkdtemp(join(tmpdir(), 'fuzz-rest-'))
const pachd = await startEmbeddedPachd({ dataDir: join(folder, 'pachd'), port: 0 })
const client = createPachdClient({ address: pachd.address })
const branch = branchReference({ repo: '0', branch: 'master' })
await client.pfs.createRepo({ repo: repoReference({ name: '0' }) })
await client.pfs.modifyFile([
  { body: { $case: 'setCommit', setCommit: { branch, repo: branch.repo } } },
  { body: { $case: 'addFile', addFile: { path: '/0', source: { $case: 'raw', raw: Buffer.from('0'.repeat(1000)) } } } },
])
const config = join(folder, 'config.json')
await writeFile(config, JSON.stringify({ v2: { active_context: '0', contexts: { 0: { pachd_address: pachd.address } } } }))

const mistakes: string[] = []
const logger = pino({ level: 'error' }, { write: noteMistake })
function noteMistake(line: string): void {
  const { err } = JSON.parse(line) as { err?: { type?: string; message?: string; stack?: string } }
  if (!expected.has(err?.type ?? '')) mistakes.push(err?.stack ?? line)
}

const fileSystem = new FileSystem()
const connection = new Connection({ env: {}, configFile: config })
const mounts = new MountLifecycle({ fileSystem, connection, stage: new StageDirectory(join(folder, 'stage')), mountDir: '/pfs' })
await connection.connectFromConfig()
const app = createApp({
  fileSystem, connection, mounts, datums: new DatumCursor(connection, mounts), started: Promise.resolve(), arrived: () => Promise.resolve(),
  host: '127.0.0.1', token: undefined, apiCompat: '2.8', logger, limits: { perSecond: 1_000_000, atOnce: 1000 },
})
let requests = 0
app.addHook('onRequest', (request, reply, next) => {
  requests += 1
  if (request.url.startsWith('/events')) setTimeout(() => reply.raw.end(), LISTEN_MS)
  next()
})
const url = await app.listen({ port: 0 })
await (await fetch(`${url}/_mount`, { method: 'PUT', body: JSON.stringify({ mounts: [{ name: '0', repo: '0', mode: 'rw' }] }) })).arrayBuffer()

const { paths } = JSON.parse(await readFile(reference, 'utf8')) as { paths: Record<string, object> }
const operations = Object.values(paths).reduce((count, path) => count + Object.keys(path).length, 0)
// Operations without parameters have only so many requests; the others make up for them.
const argsFor = (examples: number, ...which: string[]) => [
  'run', reference, '--url', url, '--phases', 'examples,coverage,fuzzing', '--max-examples', String(examples), '--seed', '1', '--generation-database', 'none',
  '--checks', 'status_code_conformance,content_type_conformance,response_schema_conformance', '--request-timeout', '10', '--continue-on-failure', '--warnings', 'off', '--suppress-health-check', 'all',
  ...which,
]
const run = (args: readonly string[]) => new Promise<number>(resolve => {
  const runner = spawn(schemathesis, args, { stdio: ['ignore', 'inherit', 'inherit'], cwd: folder })
  runner.once('error', () => resolve(1))
  runner.once('close', code => resolve(code ?? 1))
})
const exits = [await run(argsFor(Math.ceil((Number(wanted) * 2) / operations), '--exclude-path', LAST)), await run(argsFor(LAST_EXAMPLES, '--include-path', LAST))]

await app.close()
connection.close()
client.close()
await pachd.stop()
await rm(folder, { recursive: true, force: true })
for (const mistake of new Set(mistakes)) console.error(mistake)
const isEnough = requests >= Number(wanted)
console.log(`${String(requests)} requests, ${String(mistakes.length)} mistakes of the server${isEnough ? '' : `; at least ${wanted} requests were wanted`}`)
process.exitCode = exits.every(exit => exit === 0) && mistakes.length === 0 && isEnough ? 0 : 1
