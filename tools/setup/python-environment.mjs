/** The Python environments: `.venv` with JupyterLab and our extension, `.venv-oldest` with the oldest that is supported, `.venv-cases` with the official SDK. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

import { isCurrent, markCurrent } from './stamp.mjs'
import { root, run, step } from './report.mjs'

export const venv = join(root, '.venv')
export const oldestVenv = join(root, '.venv-oldest')
export const casesVenv = join(root, '.venv-cases')

/** The environment variables with the tools of `.venv` first on PATH. @returns {NodeJS.ProcessEnv} */
export function withVenv(env = process.env) {
  return { ...env, VIRTUAL_ENV: venv, PATH: `${join(venv, 'bin')}${delimiter}${env.PATH ?? ''}` }
}

/** Makes `.venv` when it is missing or belongs to other requirements. @param {string} python */
export async function ensureVenv(python) {
  await ensureEnvironment(venv, python, join(import.meta.dirname, 'requirements.txt'), 'JupyterLab')
}

/** Makes `.venv-oldest`, with the oldest JupyterLab, Notebook and libraries that the extension supports. @param {string} python */
export async function ensureOldestVenv(python) {
  await ensureEnvironment(oldestVenv, python, join(import.meta.dirname, 'requirements-oldest.txt'), 'the oldest JupyterLab')
}

/** Makes `.venv-cases`, which the recorded cases run in. @param {string} python */
export async function ensureCasesVenv(python) {
  await ensureEnvironment(casesVenv, python, join(import.meta.dirname, 'requirements-cases.txt'), 'the Pachyderm SDK')
}

/** @param {string} folder @param {string} python @param {string} requirements @param {string} what */
async function ensureEnvironment(folder, python, requirements, what) {
  const stamp = join(folder, '.setup-stamp')
  if (isCurrent(stamp, [requirements])) return
  await step(`Installing ${what} (pip)`, async () => {
    if (!existsSync(join(folder, 'bin', 'pip'))) await run('venv', python, ['-m', 'venv', '--clear', folder])
    await run('pip', join(folder, 'bin', 'pip'), ['install', '--disable-pip-version-check', '-r', requirements])
  })
  markCurrent(stamp, [requirements])
}
