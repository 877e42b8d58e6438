/** Builds the panel: TypeScript to lib/, then the bundle that JupyterLab loads. */
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const here = import.meta.dirname
const workspace = join(here, '../..')
const path = [join(workspace, '.venv/bin'), join(workspace, 'node_modules/.bin'), process.env.PATH ?? ''].join(delimiter)
const options = { cwd: here, stdio: 'inherit', env: { ...process.env, PATH: path } }

/** Ends this process with the command's status when that is not 0. */
function run(command, ...args) {
  const { status, error } = spawnSync(command, args, options)
  if (error?.code === 'ENOENT') {
    console.error(`${command} is not installed. \`pip install jupyter-builder\` gives jupyter-builder; \`npm install\` the rest.`)
    process.exit(1)
  }
  if (status !== 0) process.exit(status ?? 1)
}

// A file that was renamed must not stay in the bundle.
if (existsSync(join(here, 'lib'))) rmSync(join(here, 'lib'), { recursive: true })
run('tsc', '-p', 'tsconfig.build.json')
run('jupyter-builder', 'build', '.')
