/** Runs the recorded answers of the original mount-server (rest/) against ours, over embedded pachds without and with authorization. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startEmbeddedPachd } from '@jupyterlab-pachyderm/pachd-embedded'

const ROOT_TOKEN = 'conformance-root-token'

const [python = 'python3', ...cases] = process.argv.slice(2)

const dataDir = await mkdtemp(join(tmpdir(), 'mount-cases-'))
const open = await startEmbeddedPachd({ dataDir: join(dataDir, 'open'), port: 0 })
const guarded = await startEmbeddedPachd({ dataDir: join(dataDir, 'guarded'), port: 0, rootToken: ROOT_TOKEN })
try {
  const server = join(import.meta.dirname, '../../packages/mount-server/bin/mount-server.js')
  const runner = spawn(
    python,
    [join(import.meta.dirname, 'rest/run_cases.py'), '--pachd', open.address, '--auth-pachd', guarded.address, '--auth-token', ROOT_TOKEN, '--exclusive', '--server-cmd', `${process.execPath} ${server}`, ...cases],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  )
  process.exitCode = await new Promise<number>(resolve => {
    runner.once('error', () => resolve(1))
    runner.once('close', code => resolve(code ?? 1))
  })
} finally {
  await open.stop()
  await guarded.stop()
  await rm(dataDir, { recursive: true, force: true })
}
