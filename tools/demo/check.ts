/** The main job, done by itself: mount through Jupyter, read in a notebook, compare with the sources. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { venv, withVenv } from '../setup/python-environment.mjs'
import { SetupError, step } from '../setup/report.mjs'
import { freePort } from './ports.js'
import { sampleBranches } from './sample-files.js'
import { FIRST_NOTEBOOK, startStack, type Stack } from './stack.js'

const mounts = [
  { name: 'climate_weather', project: 'climate', repo: 'weather', branch: 'master' },
  { name: 'default_images', project: 'default', repo: 'images', branch: 'master' },
]

/** Starts everything in a temporary directory, does the main job, and stops everything. Throws SetupError when it fails. */
export async function checkMainJob(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'pachyderm-check-'))
  const mountDir = join(folder, 'pfs')
  try {
    const stack = await startStack({ dataDir: join(folder, 'data'), mountDir, port: await freePort(), pachdPort: await freePort() })
    try {
      await step('Mounting two repos through Jupyter', () => mount(stack))
      await step('Running the example notebook', () => runNotebook(stack, mountDir))
      await step('Comparing the mounted files with their sources', () => compareFiles(mountDir))
    } finally {
      await step('Stopping', () => stack.stop())
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function mount({ jupyter }: Stack): Promise<void> {
  const list = (await jupyter.request('PUT', '/_mount', { mounts })) as { mounted: { name: string }[] }
  const names = list.mounted.map(({ name }) => name)
  for (const { name } of mounts) if (!names.includes(name)) throw new SetupError(`${name} is not among the mounts: ${names.join(', ')}`)
}

async function runNotebook({ notebookDir }: Stack, mountDir: string): Promise<void> {
  const script = join(import.meta.dirname, 'execute_notebook.py')
  const args = [script, join(notebookDir, FIRST_NOTEBOOK), ...Object.keys(await expectedDigests())]
  const { stdout } = await promisify(execFile)(join(venv, 'bin', 'python'), args, { env: { ...withVenv(), PFS_MOUNT_DIR: mountDir }, timeout: 120_000 }).catch((error: unknown) => {
    throw new SetupError(`the notebook failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  })
  const seen = JSON.parse(stdout) as Record<string, string>
  for (const [path, digest] of Object.entries(await expectedDigests())) {
    if (seen[path] !== digest) throw new SetupError(`${path}: a cell read other bytes than were committed (SHA-256 ${String(seen[path])} instead of ${digest})`)
  }
}

async function expectedDigests(): Promise<Record<string, string>> {
  const files = await expectedFiles()
  return Object.fromEntries(Array.from(files, ([path, content]) => [path, createHash('sha256').update(content).digest('hex')]))
}

async function compareFiles(mountDir: string): Promise<void> {
  for (const [path, content] of await expectedFiles()) {
    const mounted = await readFile(join(mountDir, path))
    if (!mounted.equals(content)) throw new SetupError(`${path}: the mounted file differs from its source`)
  }
}

/** Path below the mount directory → committed bytes, for all files of the two mounts. */
async function expectedFiles(): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>()
  for (const branch of await sampleBranches()) {
    const shown = mounts.find(({ project, repo, branch: name }) => project === branch.project && repo === branch.repo && name === branch.branch)
    if (!shown) continue
    for (const commit of branch.commits) for (const [path, content] of commit.files) files.set(`${shown.name}${path}`, content)
  }
  return files
}
