/** What a newcomer installs: an empty Python environment, and in it the wheel with what notebooks need, on a machine without Node.js. */
import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { root, run as runLogged, SetupError } from '../setup/report.mjs'

const run = promisify(execFile)

/** What is typed to install it. */
export const PACKAGES = ['jupyterlab', 'pandas', 'matplotlib']

/** An environment that has nothing but what was installed. */
export interface Installation {
  /** Of its programs; the whole PATH of whoever works with it. */
  readonly bin: string
  /** How long pip took. */
  readonly durationMs: number
  /** Of JupyterLab. */
  readonly jupyterlab: string
}

/** Builds the wheel of the present source; its path. */
export async function buildWheel(): Promise<string> {
  const dist = join(root, 'packages/jupyterlab-extension/dist')
  await runLogged('wheel', process.execPath, [join(root, 'packages/jupyterlab-extension/build-wheel.mjs')])
  const wheel = (await readdir(dist)).find(name => name.endsWith('.whl'))
  if (wheel === undefined) throw new SetupError(`no wheel was made in ${dist}`)
  return join(dist, wheel)
}

/** Makes the environment in an empty folder. Throws SetupError when Node.js could help. */
export async function install(folder: string, wheel: string): Promise<Installation> {
  await run(process.env.PYTHON ?? 'python3', ['-m', 'venv', folder])
  const bin = join(folder, 'bin')
  // pip finds its index as the user has set it up.
  const env = { ...process.env, PATH: bin }
  if (await isThere('node', env)) throw new SetupError(`there is a Node.js in ${bin}`)
  const begunMs = performance.now()
  await run(join(bin, 'pip'), ['install', '--quiet', wheel, ...PACKAGES], { env })
  const durationMs = performance.now() - begunMs
  const { stdout } = await run(join(bin, 'jupyter-lab'), ['--version'], { env })
  return { bin, durationMs, jupyterlab: stdout.trim() }
}

function isThere(program: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  return run(program, ['--version'], { env }).then(
    () => true,
    () => false,
  )
}
