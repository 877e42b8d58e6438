/** Makes a venv use this tree: `node develop.mjs <venv>`. Doing it twice is fine. */
import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const here = import.meta.dirname
const venv = resolve(process.argv[2] ?? join(here, '../../.venv'))
const python = join(venv, 'bin/python')
if (!existsSync(python)) {
  console.error(`${venv} is not a venv. Usage: node develop.mjs <venv>`)
  process.exit(1)
}

/** A link at `path` to `target`; what was there before goes. */
function link(path, target) {
  mkdirSync(dirname(path), { recursive: true })
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found?.isSymbolicLink() && readlinkSync(path) === target) return
  if (found) rmSync(path, { recursive: true })
  symlinkSync(target, path)
}

const { status, stdout } = spawnSync(python, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'], { encoding: 'utf8' })
if (status !== 0) process.exit(status ?? 1)
writeFileSync(join(stdout.trim(), 'jupyterlab_pachyderm_tree.pth'), `${here}\n`)
// Python reads here which file systems and languages a package brings; the name is another than that of the wheel, which pip may install later.
const registered = join(stdout.trim(), 'jupyterlab_pachyderm_tree-0.dist-info')
mkdirSync(registered, { recursive: true })
writeFileSync(join(registered, 'METADATA'), 'Metadata-Version: 2.1\nName: jupyterlab-pachyderm-tree\nVersion: 0\n')
writeFileSync(join(registered, 'entry_points.txt'), '[fsspec.specs]\npfs = jupyterlab_pachyderm.file_system:PfsFileSystem\n\n[jupyterlab.locale]\njupyterlab_pachyderm = jupyterlab_pachyderm\n')
link(join(venv, 'share/jupyter/labextensions/jupyterlab-pachyderm'), join(here, 'jupyterlab_pachyderm/labextension'))
link(join(venv, 'etc/jupyter/jupyter_server_config.d/jupyterlab_pachyderm.json'), join(here, 'jupyter-config/jupyterlab_pachyderm.json'))
console.log(`${venv} uses jupyterlab-pachyderm from ${here}`)
