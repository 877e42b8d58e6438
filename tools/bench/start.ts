/**
 * How long a built mount-server takes to its first answer, beside a Node.js that does nothing, in the same run:
 * `npx tsx -C @jupyterlab-pachyderm/source tools/bench/start.ts [rounds]`. It is started without a config file, and with one that names a
 * pachd which accepts connections and says nothing.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

const [rounds = 7] = process.argv.slice(2).map(Number)
const POLL_MS = 5
const program = join(import.meta.dirname, '../../packages/mount-server/bin/mount-server.js')

const folder = await mkdtemp(join(tmpdir(), 'bench-start-'))
await mkdir(join(folder, 'pfs'))
const silent = createServer(() => undefined).listen(0, '127.0.0.1')
await once(silent, 'listening')
const hanging = join(folder, 'hanging.json')
await writeFile(hanging, JSON.stringify({ v2: { active_context: 'c', contexts: { c: { pachd_address: `grpc://127.0.0.1:${String((silent.address() as AddressInfo).port)}` } } } }))

function isAnswered(socketPath: string): Promise<boolean> {
  return new Promise(resolve => {
    request({ socketPath, path: '/health', headers: { host: 'localhost' } }, answer => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
      .on('error', () => resolve(false))
      .end()
  })
}

/** Milliseconds from the start of the process to the first answer. */
async function untilAnswer(config: string): Promise<number> {
  const socket = join(folder, 'pfs.sock')
  const start = performance.now()
  const server = spawn(process.execPath, [program, '--mount-dir', join(folder, 'pfs'), '--sock-path', socket, '--no-fuse'], { env: { PACH_CONFIG: config, XDG_STATE_HOME: folder, XDG_CACHE_HOME: folder }, stdio: 'ignore' })
  const exit = once(server, 'exit')
  while (!(await isAnswered(socket))) await setTimeout(POLL_MS)
  const ms = performance.now() - start
  server.kill('SIGKILL')
  await exit
  return ms
}

async function emptyNode(): Promise<number> {
  const start = performance.now()
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit')
  return performance.now() - start
}

const measured = { node: [] as number[], 'no config file': [] as number[], 'a pachd that says nothing': [] as number[] }
for (let round = 0; round < rounds; round++) {
  measured.node.push(await emptyNode())
  measured['no config file'].push(await untilAnswer(join(folder, 'none.json')))
  measured['a pachd that says nothing'].push(await untilAnswer(hanging))
}
silent.close()
await rm(folder, { recursive: true })

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const bound = median(measured.node)
for (const [what, values] of Object.entries(measured)) console.log(`${what}: ${median(values).toFixed(0)} ms, ${(median(values) / bound).toFixed(1)} × node -e 0`)
process.exit()
