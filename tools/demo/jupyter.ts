/** JupyterLab with our extension, which starts mount-server in the background. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { venv, withVenv } from '../setup/python-environment.mjs'
import { root, SetupError } from '../setup/report.mjs'
import { Service } from './service.js'

/** Where JupyterLab finds what it needs. */
export interface JupyterOptions {
  readonly port: number
  /** Folder for its settings and logs. */
  readonly stateDir: string
  /** Notebook of that folder that opens first. */
  readonly notebook: string
  /** Folder that its file browser shows. */
  readonly notebookDir: string
  readonly mountDir: string
  /** The config file that mount-server reads and writes. */
  readonly pachConfig: string
}

/** A running JupyterLab. */
export interface Jupyter {
  readonly service: Service
  /** For a browser, with the token. */
  readonly url: string
  /** One request below `/pachyderm/v2`; the body as JSON. Throws SetupError with the server's words on failure. */
  request(method: 'GET' | 'PUT', path: string, body?: unknown): Promise<unknown>
}

/** Starts it; resolves when it answers and its mount-server does. */
export async function startJupyter(options: JupyterOptions): Promise<Jupyter> {
  const token = randomBytes(24).toString('hex')
  const base = `http://127.0.0.1:${options.port}`
  const service = new Service({
    name: 'JupyterLab',
    command: join(venv, 'bin', 'jupyter-lab'),
    args: [
      '--no-browser',
      '--ip=127.0.0.1',
      `--port=${options.port}`,
      '--ServerApp.port_retries=0',
      `--ServerApp.root_dir=${options.notebookDir}`,
      ...(process.getuid?.() === 0 ? ['--allow-root'] : []),
    ],
    env: await environment(options, token),
    cwd: options.notebookDir,
    logPath: join(options.stateDir, 'logs', 'jupyter.log'),
  })
  const request = async (method: 'GET' | 'PUT', path: string, body?: unknown) => {
    const response = await fetch(`${base}/pachyderm/v2${path}`, {
      method,
      headers: { authorization: `token ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new SetupError(`${method} ${path} through Jupyter: ${response.status} ${text}`)
    return JSON.parse(text) as unknown
  }
  try {
    await service.whileRunning(
      untilSucceeds(() => request('GET', '/mounts')),
      60_000,
    )
  } catch (error) {
    await service.stop()
    throw error
  }
  return { service, url: `${base}/lab/tree/${options.notebook}?token=${token}`, request }
}

async function environment({ stateDir, mountDir, pachConfig }: JupyterOptions, token: string): Promise<NodeJS.ProcessEnv> {
  const folder = (name: string) => join(stateDir, 'jupyter', name)
  for (const name of ['config', 'data', 'workspaces', 'settings']) await mkdir(folder(name), { recursive: true })
  await askNoQuestions(folder('settings'))
  // The user's own cluster stays out of it, however it is named.
  const { PACHD_ADDRESS: _address, PACH_CONTEXT: _context, PACH_CA_CERTS: _certificates, DEX_TOKEN: _token, ...inherited } = withVenv()
  return {
    ...inherited,
    JUPYTER_TOKEN: token,
    JUPYTER_CONFIG_DIR: folder('config'),
    JUPYTER_DATA_DIR: folder('data'),
    JUPYTERLAB_WORKSPACES_DIR: folder('workspaces'),
    JUPYTERLAB_SETTINGS_DIR: folder('settings'),
    MOUNT_SERVER_PATH: join(root, 'packages/mount-server/bin/mount-server.js'),
    MOUNT_SERVER_LOG_FILE: join(stateDir, 'logs', 'mount-server.log'),
    PFS_MOUNT_DIR: mountDir,
    PACH_CONFIG: pachConfig,
  }
}

/** JupyterLab's first question, about news, is answered before a newcomer sees it; an answer of the user's stays. */
async function askNoQuestions(settingsDir: string): Promise<void> {
  const folder = join(settingsDir, '@jupyterlab', 'apputils-extension')
  await mkdir(folder, { recursive: true })
  const settings = { fetchNews: 'false', checkForUpdates: false }
  const path = join(folder, 'notification.jupyterlab-settings')
  if (!existsSync(path)) await writeFile(path, JSON.stringify(settings))
}

async function untilSucceeds<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch {
      await new Promise(resolve => setTimeout(resolve, 150))
    }
  }
}
