/**
 * Runs the recorded answers of the original mount-server (rest/) against ours, over embedded pachds without and with authorization. With
 * PACHD_ADDRESS it runs those that need no authorization over that pachd, and deletes all that is in it. With API_COMPAT=2.9 ours answers as
 * 2.9 and is compared with the recordings of it, but for the cases in which 2.9 answers 404 to everything.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

import { startEmbeddedPachd } from '@jupyterlab-pachyderm/pachd-embedded'

const ROOT_TOKEN = 'conformance-root-token'

const cases = join(import.meta.dirname, 'rest/open')

const [python = 'python3', ...chosen] = process.argv.slice(2)
const { API_COMPAT: compat } = process.env

/** A 2.9 that starts without a cluster never finds one, which ours does not copy. */
const disconnected = ['config-connect-later.json', 'config-disconnected-endpoints.json', 'process-pachd-away-at-start.json']

async function allCases(): Promise<string[]> {
  const files = (await readdir(cases, { recursive: true })).filter(file => file.endsWith('.json') && !(compat === '2.9' && disconnected.includes(basename(file))))
  return files.map(file => join(cases, file))
}

/** Runs the runner over pachds; resolves with its exit code. */
function runRunner(pachds: readonly string[], files: readonly string[]): Promise<number> {
  const server = join(import.meta.dirname, '../../packages/mount-server/bin/mount-server.js')
  const args = [join(import.meta.dirname, 'rest/run_cases.py'), ...pachds, '--exclusive', '--server-cmd', `${process.execPath} ${server}${compat ? ` --api-compat ${compat}` : ''}`, ...(compat ? ['--expect', compat] : []), ...files]
  // The servers of the cases have their pachd in a config file.
  const { PACHD_ADDRESS: _address, ...env } = process.env
  const runner = spawn(python, args, { stdio: ['ignore', 'inherit', 'inherit'], env })
  return new Promise<number>(resolve => {
    runner.once('error', () => resolve(1))
    runner.once('close', code => resolve(code ?? 1))
  })
}

/** Runs them over two pachds that are started for it; resolves with the exit code. */
async function runOverEmbedded(files: readonly string[]): Promise<number> {
  const dataDir = await mkdtemp(join(tmpdir(), 'mount-cases-'))
  const open = await startEmbeddedPachd({ dataDir: join(dataDir, 'open'), port: 0 })
  const guarded = await startEmbeddedPachd({ dataDir: join(dataDir, 'guarded'), port: 0, rootToken: ROOT_TOKEN })
  try {
    return await runRunner(['--pachd', open.address, '--auth-pachd', guarded.address, '--auth-token', ROOT_TOKEN], files)
  } finally {
    await open.stop()
    await guarded.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

const files = chosen.length > 0 ? chosen : await allCases()
const { PACHD_ADDRESS: address } = process.env
process.exitCode = address ? await runRunner(['--pachd', address], files) : await runOverEmbedded(files)
