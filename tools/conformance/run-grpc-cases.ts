/** Runs the recorded answers of pachd (grpc/) against the embedded pachd, first without authorization, then with it. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startEmbeddedPachd } from '@jupyterlab-pachyderm/pachd-embedded'

const ROOT_TOKEN = 'conformance-root-token'

const [python = 'python3', ...cases] = process.argv.slice(2)

let failed = false
for (const rootToken of [undefined, ROOT_TOKEN]) {
  process.stdout.write(rootToken ? 'With authorization:\n' : 'Without authorization:\n')
  failed = !(await runCases(rootToken)) || failed
}
process.exitCode = failed ? 1 : 0

async function runCases(rootToken: string | undefined): Promise<boolean> {
  const dataDir = await mkdtemp(join(tmpdir(), 'pachd-cases-'))
  const pachd = await startEmbeddedPachd({ dataDir, port: 0, ...(rootToken ? { rootToken } : {}) })
  try {
    const args = [join(import.meta.dirname, 'grpc/run_cases.py'), '--pachd', pachd.address, ...(rootToken ? ['--token', rootToken] : []), ...cases]
    const runner = spawn(python, args, { stdio: ['ignore', 'inherit', 'inherit'] })
    return await new Promise(resolve => {
      runner.once('error', () => resolve(false))
      runner.once('close', code => resolve(code === 0))
    })
  } finally {
    await pachd.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
