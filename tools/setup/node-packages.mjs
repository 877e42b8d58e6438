/** node_modules, installed once for each state of the lock file. */
import { join } from 'node:path'

import { isCurrent, markCurrent } from './stamp.mjs'
import { root, run, step } from './report.mjs'

/** Installs node_modules when it is missing or belongs to another lock file. */
export async function ensureNodePackages() {
  const sources = [join(root, 'package-lock.json')]
  const stamp = join(root, 'node_modules', '.setup-stamp')
  if (isCurrent(stamp, sources)) return
  await step('Installing Node packages (npm ci)', () => run('npm-ci', 'npm', ['ci']))
  markCurrent(stamp, sources)
}
