/** `npm run build:wheel`: the wheel and the sdist in dist/, with the panel, the Python half and mount-server. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

const here = import.meta.dirname
const workspace = join(here, '../..')
const dist = join(here, 'dist')
const venvPython = join(workspace, '.venv/bin/python')
const python = process.env.PYTHON ?? (existsSync(venvPython) ? venvPython : 'python3')
const MAX_BYTES = 30e6

/** Ends this process with the command's status when that is not 0. @param {string} command @param {string[]} args @param {string} [cwd] */
function run(command, args, cwd = here) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit', env: { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' } })
  if (error) console.error(`${command} cannot be run: ${error.message}`)
  if (status !== 0) process.exit(status ?? 1)
}

rmSync(dist, { recursive: true, force: true })
run(join(workspace, 'node_modules/.bin/nx'), ['run', 'jupyterlab-pachyderm:build'], workspace)
run(process.execPath, [join(workspace, 'tools/bundle/bundle-mount-server.mjs'), join(here, 'jupyterlab_pachyderm/mount_server')])
// The wheel is made from the sdist, so what is missing in the sdist is missing in both. `pip install build hatchling` gives what this needs.
run(python, ['-m', 'build', '--no-isolation', '--outdir', dist, here])
for (const file of readdirSync(dist)) {
  const { size } = statSync(join(dist, file))
  console.log(`dist/${file}: ${(size / 1e6).toFixed(1)} MB`)
  if (size > MAX_BYTES) {
    console.error(`${file} is too large for a package index; see what came in with tools/bundle/bundle-mount-server.mjs`)
    process.exit(1)
  }
}
