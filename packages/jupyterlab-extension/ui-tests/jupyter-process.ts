/// <reference types="node" />
/** A real Jupyter server with the extension, whose mount-server is that of this workspace. */
import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'

import { end, eventually } from './child-process.js'

const packages = join(import.meta.dirname, '../..')
const TOKEN = 'secret'

/** The Python environments of tools/setup: JupyterLab and Notebook 7 as they are today, and the oldest that are supported. */
export type Release = 'newest' | 'oldest'
const ENVIRONMENTS: Record<Release, string> = { newest: '.venv', oldest: '.venv-oldest' }

/** A config file of Pachyderm, as far as tests write one. */
export interface PachydermContexts {
  readonly active: string
  readonly contexts: Readonly<Record<string, { readonly pachd_address?: string; readonly session_token?: string }>>
}

/** What it is started with. Everything it writes stays below `folder`. */
export interface JupyterOptions {
  readonly folder: string
  readonly release: Release
  readonly contexts: PachydermContexts
  readonly environment: Readonly<Record<string, string>>
  /** What has to answer: also the mount-server behind it, or Jupyter alone. */
  readonly awaits: 'mount-server' | 'jupyter'
}

/** A running one. */
export interface JupyterProcess {
  /** Of one of its pages: `lab`, `tree`, `notebooks/a.ipynb`. */
  readonly pageUrl: (page: string) => string
  readonly mountDir: string
  readonly notebookDir: string
  readonly configFile: string
  /** The process id of the mount-server that Jupyter started last. */
  mountServerPid(): Promise<number>
  stop(): Promise<void>
}

/** Starts it; what it `awaits` answers when this resolves. Throws with the end of Jupyter's log. */
export async function startJupyter({ folder, release, contexts, environment, awaits }: JupyterOptions): Promise<JupyterProcess> {
  const notebookDir = join(folder, 'notebooks')
  const mountDir = join(folder, 'pfs')
  const configFile = join(folder, 'config.json')
  const logFile = join(folder, 'jupyter.log')
  await mkdir(notebookDir)
  await mkdir(mountDir)
  await writeFile(configFile, JSON.stringify({ v2: { active_context: contexts.active, contexts: contexts.contexts } }), { mode: 0o600 })
  await writeSettings(folder)
  const venvBin = join(packages, '..', ENVIRONMENTS[release], 'bin')
  const port = await freePort()
  const args = ['--no-browser', '--allow-root', '--ip=127.0.0.1', `--port=${port}`, '--ServerApp.port_retries=0', `--ServerApp.root_dir=${notebookDir}`, `--IdentityProvider.token=${TOKEN}`]
  const child = spawn(join(venvBin, 'jupyter-lab'), args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PATH: `${venvBin}:${process.env.PATH ?? ''}`,
      HOME: folder,
      JUPYTER_CONFIG_DIR: join(folder, 'config'),
      JUPYTER_DATA_DIR: join(folder, 'data'),
      JUPYTER_RUNTIME_DIR: join(folder, 'runtime'),
      JUPYTERLAB_SETTINGS_DIR: join(folder, 'settings'),
      JUPYTERLAB_WORKSPACES_DIR: join(folder, 'workspaces'),
      MOUNT_SERVER_PATH: join(packages, 'mount-server/bin/mount-server.js'),
      PFS_MOUNT_DIR: mountDir,
      PACH_CONFIG: configFile,
      ...environment,
    },
  })
  const log = createWriteStream(logFile)
  child.stdout.pipe(log)
  child.stderr.pipe(log)
  try {
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error('Jupyter ended')
      const answer = await fetch(`http://127.0.0.1:${port}/${awaits === 'jupyter' ? 'api' : 'pachyderm/v2/config'}?token=${TOKEN}`).catch(() => undefined)
      return answer?.ok === true ? true : undefined
    })
  } catch (error) {
    await end(child)
    throw new Error(`Jupyter did not start; its log ends with:\n${(await readFile(logFile, 'utf8')).slice(-3000)}`, { cause: error })
  }
  return {
    pageUrl: page => `http://127.0.0.1:${port}/${page}?token=${TOKEN}`,
    mountDir, notebookDir, configFile,
    mountServerPid: async () => Number([...(await readFile(logFile, 'utf8')).matchAll(/mount-server started with process id (\d+)/g)].at(-1)?.[1]),
    stop: () => end(child),
  }
}

/** No question about news of Jupyter; and the application can be reached from the page, as extension authors do it. */
async function writeSettings(folder: string): Promise<void> {
  const apputils = join(folder, 'settings/@jupyterlab/apputils-extension')
  await mkdir(apputils, { recursive: true })
  await writeFile(join(apputils, 'notification.jupyterlab-settings'), JSON.stringify({ fetchNews: 'false' }))
  await mkdir(join(folder, 'config'))
  const exposed = { expose_app_in_browser: true }
  await writeFile(join(folder, 'config/jupyter_server_config.json'), JSON.stringify({ LabApp: exposed, JupyterNotebookApp: exposed }))
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no free port'))))
    })
  })
}
