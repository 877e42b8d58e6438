/** The run on a cluster, with programs in the place of kind, helm and kubectl: the forwarded port leads to an embedded pachd. */
import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { createPachdClient } from '@jupyterlab-pachyderm/pachd-client'
import { type EmbeddedPachd, startEmbeddedPachd } from '@jupyterlab-pachyderm/pachd-embedded'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

import { startStack, type Stack } from '../demo/stack.js'
import { freePort } from '../demo/ports.js'
import { root } from '../setup/report.mjs'
import { doMainJob, EXPECTED_TEXT } from './main-job.js'
import { readOptions } from './options.mjs'

let folder: string
let pachd: EmbeddedPachd | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kind-'))
  pachd = await startEmbeddedPachd({ dataDir: join(folder, 'pachd') })
})
afterAll(async () => {
  await pachd?.stop()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(() => rm(join(folder, 'calls'), { force: true }))

/** Runs the tool; what was called, and how it ended. `helm` ends as it is told. */
async function run(args: readonly string[], { helm = 0 } = {}): Promise<{ calls: string[]; code: number; output: string }> {
  const port = pachd?.address.split(':').at(-1) ?? ''
  const note = `echo "$(basename "$0") $*" >> '${folder}/calls'`
  const bodies = {
    docker: note,
    kind: note,
    helm: `${note}; exit ${helm}`,
    kubectl: `${note}\ncase "$1" in port-forward) echo 'Forwarding from 127.0.0.1:${port} -> 30650'; exec sleep infinity;; esac`,
  }
  for (const [name, body] of Object.entries(bodies)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${body}\n`)
    await chmod(join(folder, name), 0o755)
  }
  const ended = await promisify(execFile)(process.execPath, ['tools/kind/run.mjs', ...args], { cwd: root, env: { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` }, maxBuffer: 16e6 }).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: unknown) => {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
      return { code, output: stdout + stderr }
    },
  )
  const calls = (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n')
  return { ...ended, calls }
}

test('the contract is judged over the forwarded pachd, and the cluster is deleted', async () => {
  const { calls, code, output } = await run(['--prepared', '--name', 'probe', '--only', 'contract'])

  expect(code, output).toBe(0)
  expect(calls.map(call => call.split(' ').slice(0, 3).join(' '))).toEqual(['kind get clusters', 'kind create cluster', 'helm upgrade --install', 'kubectl port-forward service/pachd', 'kind delete cluster'])
  expect(output).toMatch(/✓ contract/)
  // The suite runs over the embedded pachd always; that it ran over the forwarded one, too, is seen in what it left there.
  expect(await reposOf(pachd?.address ?? '')).not.toEqual([])
}, 300_000)

async function reposOf(address: string): Promise<(string | undefined)[]> {
  const client = createPachdClient({ address })
  const names: (string | undefined)[] = []
  for await (const { repo } of client.pfs.listRepo({ type: 'user' })) names.push(repo?.name)
  client.close()
  return names
}

test('what could not be installed is explained, and the cluster is deleted all the same', async () => {
  const { calls, code, output } = await run(['--prepared', '--name', 'probe', '--only', 'contract'], { helm: 1 })

  expect(code).toBe(1)
  expect(output).toContain('helm upgrade --install pachyderm')
  expect(calls.at(-1)).toBe('kind delete cluster --name probe')
  expect(calls.some(call => call.startsWith('kubectl logs deployment/pachd'))).toBe(true)
}, 300_000)

test('a part that is not there is refused', () => {
  expect(() => readOptions(['--only', 'everything'])).toThrow('--only everything: there is no such part')
})

test('the main job mounts a repo in a JupyterLab that somebody else has started', async () => {
  const home = join(folder, 'demo')
  const stack: Stack = await startStack({ dataDir: home, mountDir: join(home, 'pfs'), port: await freePort(), pachdPort: await freePort() })
  try {
    const { origin, searchParams } = new URL(stack.jupyter.url)

    const file = await doMainJob({ pachdAddress: stack.pachdAddress, jupyterUrl: origin, jupyterToken: searchParams.get('token') ?? '' })

    expect(file).toEqual({ way: 'fuse', content: EXPECTED_TEXT })
  } finally {
    await stack.stop()
  }
}, 300_000)
