/** What has to be on the machine itself: Node, Python, and the few Debian packages behind FUSE and the browser. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

import { outputOf, run, SetupError, step } from './report.mjs'

const NODE = { major: 20, minor: 19 }
/** Programs that the tests read a mount with; their packages have the same names. */
const READERS = ['rsync', 'fio', 'sqlite3', 'git', 'zip', 'unzip']
/** Browsers that the tests can drive. */
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome']
const PYTHON = { major: 3, minor: 10 }

/** @typedef {{ major: number, minor: number }} Version */

/** @param {Version} version @param {Version} wanted */
function isOlder(version, wanted) {
  return version.major < wanted.major || (version.major === wanted.major && version.minor < wanted.minor)
}

/** Throws SetupError when this Node is older than the product supports. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (isOlder({ major, minor }, NODE)) {
    throw new SetupError(`Node ${process.versions.node} is too old: install Node ${NODE.major}.${NODE.minor} or newer (for example 22 from nodejs.org)`)
  }
}

/** The command of a Python that is new enough. Throws SetupError when there is none. */
export function findPython() {
  const found = []
  for (const command of ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python']) {
    const version = outputOf(command, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'])
    if (!version) continue
    const [major = 0, minor = 0] = version.split('.').map(Number)
    if (!isOlder({ major, minor }, PYTHON)) return command
    found.push(`${command} is ${version}`)
  }
  throw new SetupError(`Python ${PYTHON.major}.${PYTHON.minor} or newer is needed${found.length ? ` (${found.join(', ')})` : ''}: sudo apt-get install -y python3 python3-venv`)
}

/**
 * Sees to the Debian packages: as root it installs what is missing, else it throws a SetupError with the one command
 * that does.
 * @param {{ python: string, tests: boolean }} needs `tests`: the tests drive a Chromium and read with other programs
 */
export async function ensureSystemPackages({ python, tests }) {
  const missing = missingPackages({ python, tests })
  if (missing.length === 0) return
  const isRoot = process.getuid?.() === 0
  if (!isRoot || !onPath('apt-get')) {
    throw new SetupError(`These system packages are missing: ${missing.join(' ')}. Install them and start again:\n\n  sudo apt-get install -y ${missing.join(' ')}\n`)
  }
  await step(`Installing system packages: ${missing.join(' ')}`, async () => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    await run('apt-update', 'apt-get', ['update'], { env })
    await run('apt-install', 'apt-get', ['install', '-y', '--no-install-recommends', ...missing], { env })
  })
}

/** @param {{ python: string, tests: boolean }} needs */
function missingPackages({ python, tests }) {
  const missing = []
  if (!onPath('fusermount3') && !onPath('fusermount')) missing.push('fuse3')
  if (outputOf(python, ['-c', 'import ensurepip, venv; print("ok")']) !== 'ok') missing.push('python3-venv')
  if (tests && !BROWSERS.some(onPath)) missing.push('chromium')
  if (tests) missing.push(...READERS.filter(program => !onPath(program)))
  return missing
}

/** Whether a command is on PATH. @param {string} command */
export function onPath(command) {
  return (process.env.PATH ?? '').split(delimiter).some(folder => {
    try {
      accessSync(join(folder, command), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
