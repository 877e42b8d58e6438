/** Everything between a fresh clone and programs that can be started. */
import { join } from 'node:path'

import { ensureNodePackages } from './node-packages.mjs'
import { ensureCasesVenv, ensureOldestVenv, ensureVenv, oldestVenv, venv, withVenv } from './python-environment.mjs'
import { root, run, step } from './report.mjs'
import { checkNode, ensureSystemPackages, findPython } from './system-packages.mjs'

/**
 * Installs what is missing and builds what is stale. Throws SetupError with what to do where it cannot.
 * @param {{ tests: boolean }} options `tests`: also what only the tests need
 */
export async function prepareWorkspace({ tests }) {
  checkNode()
  const python = findPython()
  await ensureSystemPackages({ python, tests })
  await ensureNodePackages()
  if (tests) await ensureCasesVenv(python)
  await buildWorkspace(python)
  if (!tests) return
  await ensureOldestVenv(python)
  await develop(oldestVenv)
}

/**
 * Builds what is stale, and shows the panel to the JupyterLab in `.venv`. Node packages are there already.
 * @param {string} python the command of a Python that is new enough
 */
export async function buildWorkspace(python) {
  await ensureVenv(python)
  await step('Building', async () => {
    const env = { ...withVenv(), NX_DAEMON: 'false' }
    await run('build', join(root, 'node_modules/.bin/nx'), ['run-many', '-t', 'build', '--output-style=stream'], { env })
    await develop(venv)
  })
}

/** Shows the panel as it was built to the JupyterLab of an environment. @param {string} environment */
async function develop(environment) {
  await run('develop', process.execPath, [join(root, 'packages/jupyterlab-extension/develop.mjs'), environment])
}
