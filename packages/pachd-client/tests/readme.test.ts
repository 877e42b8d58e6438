/** The example of the README, run as it is printed. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { startEmbeddedPachd } from '@jupyterlab-pachyderm/pachd-embedded'
import { afterEach, expect, test } from 'vitest'

import { commitReference, createPachdClient, repoReference } from '../src/index.js'
import { writes } from './contract/scene.js'

const packageDir = join(import.meta.dirname, '..')
let cleanUp: (() => unknown)[] = []

afterEach(async () => {
  for (const step of cleanUp.reverse()) await step()
  cleanUp = []
})

test('the example lists the repos and prints the file', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'pachd-readme-'))
  cleanUp.push(() => rm(dataDir, { recursive: true, force: true }))
  const pachd = await startEmbeddedPachd({ dataDir, port: 0 })
  cleanUp.push(() => pachd.stop())
  const client = createPachdClient({ address: pachd.address })
  cleanUp.push(() => client.close())
  await client.pfs.createRepo({ repo: repoReference({ name: 'images' }) })
  await client.pfs.modifyFile(writes(commitReference({ repo: 'images', branch: 'master' }), { '/cat.png': 'the bytes of a cat' }))

  const { stdout } = await runExample(pachd.address)

  expect(stdout).toBe('images\nthe bytes of a cat')
})

/** Runs the first TypeScript block of the README, with its address replaced. */
async function runExample(address: string) {
  const readme = await readFile(join(packageDir, 'README.md'), 'utf8')
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  expect(example).toContain('grpc://localhost:30650')
  expect(example.trim().split('\n').length).toBeLessThanOrEqual(10)
  const file = join(packageDir, 'tests', 'readme-example.generated.mts')
  await writeFile(file, example.replace('grpc://localhost:30650', address))
  cleanUp.push(() => rm(file, { force: true }))
  return promisify(execFile)(process.execPath, ['--import', 'tsx', '--conditions', '@jupyterlab-pachyderm/source', file], { cwd: packageDir })
}
