/** The example of the README, run as it is printed. */
import { startEmbeddedPachd } from '@jupyterlab-pachyderm/pachd-embedded'
import { branchReference, createPachdClient, repoReference } from '@jupyterlab-pachyderm/pachd-client'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const packageDir = join(import.meta.dirname, '..')

test('the example lists a repo, mounts it, and unmounts it at the end', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'mount-fs-readme-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  const pachd = await startEmbeddedPachd({ dataDir, port: 0 })
  onTestFinished(() => pachd.stop())
  const client = createPachdClient({ address: pachd.address })
  onTestFinished(() => client.close())
  const branch = branchReference({ repo: 'images', branch: 'master' })
  await client.pfs.createRepo({ repo: repoReference({ name: 'images' }) })
  await client.pfs.modifyFile([
    { body: { $case: 'setCommit', setCommit: { branch, repo: branch.repo } } },
    { body: { $case: 'addFile', addFile: { path: '/cat.png', source: { $case: 'raw', raw: Buffer.from('the bytes of a cat') } } } },
  ])
  const mountDir = await mkdtemp(join(tmpdir(), 'mount-fs-readme-mount-'))
  onTestFinished(() => rmdir(mountDir))
  const program = await exampleFor(pachd.address, mountDir)

  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions', '@jupyterlab-pachyderm/source', program], { cwd: packageDir, stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  expect(line.toString()).toBe('cat.png 18\n')
  await expect.poll(() => readFile(join(mountDir, 'images', 'cat.png'), 'utf8').catch(() => '')).toBe('the bytes of a cat')
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(await readdir(mountDir)).toEqual([])
})

/** Writes the first TypeScript block of the README to a file, with its address and directory replaced. */
async function exampleFor(address: string, mountDir: string): Promise<string> {
  const readme = await readFile(join(packageDir, 'README.md'), 'utf8')
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''
  expect(example.trim().split('\n').length).toBeLessThanOrEqual(10)
  const file = join(packageDir, 'tests', 'readme-example.generated.mts')
  await writeFile(file, example.replace('grpc://localhost:30650', address).replace("'/pfs'", JSON.stringify(mountDir)))
  onTestFinished(() => rm(file, { force: true }))
  return file
}
