/** Runs the recorded answers of pachd (grpc/) against the embedded pachd, first without authorization, then with it. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { startEmbeddedPachd } from '@jupyterlab-pachyderm/pachd-embedded'

const ROOT_TOKEN = 'conformance-root-token'

/**
 * Cases whose steps race in the runner: it subscribes in a thread and starts the next commit in another, and when the
 * machine is busy the commit comes first. A failure of these is tried again.
 */
const RACING: ReadonlySet<string> = new Set(['commits/subscribe-new'])

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
  const run = (only: readonly string[]) => runRunner(['--pachd', pachd.address, ...(rootToken ? ['--token', rootToken] : []), ...only])
  try {
    const verdict = await run(cases)
    for (const name of verdict.failures.filter(failure => RACING.has(failure))) {
      if (!(await passesAgain(() => run(['--only', name])))) continue
      verdict.passed += 1
      verdict.failed -= 1
    }
    process.stdout.write(`${verdict.passed} passed, ${verdict.failed} failed\n`)
    return verdict.failed === 0 && verdict.passed > 0
  } finally {
    await pachd.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Whether one of three more tries passes. */
async function passesAgain(run: () => Promise<Verdict>): Promise<boolean> {
  for (let tries = 0; tries < 3; tries++) {
    if ((await run()).failed === 0) return true
  }
  return false
}

interface Verdict {
  passed: number
  failed: number
  failures: string[]
}

/** Runs the runner once and shows what it says, its closing line aside. */
async function runRunner(args: readonly string[]): Promise<Verdict> {
  const runner = spawn(python, [join(import.meta.dirname, 'grpc/run_cases.py'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  runner.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await new Promise(resolve => {
    runner.once('error', resolve)
    runner.once('close', resolve)
  })
  const closing = /^(\d+) passed, (\d+) failed, \d+ skipped$/m.exec(output)
  process.stdout.write(output.replace(closing?.[0] ?? '', ''))
  const failures = Array.from(output.matchAll(/^FAIL (\S+)/gm), match => match[1] ?? '')
  return { passed: Number(closing?.[1] ?? 0), failed: Number(closing?.[2] ?? 1), failures }
}
