/// <reference types="node" />
/** A real pachd, JupyterLab with its mount-server, and a browser: started for one test file, and all ended again. */
import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { createPachdClient, repoReference, branchReference, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'
import { chromium, type Browser, type Page } from 'playwright-core'

const packages = join(import.meta.dirname, '../..')
const venvBin = join(packages, '../.venv/bin')
const READY_MS = 60_000
const BROWSER_FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

/** What a test works with. `faults` collects what went wrong in the page. */
export interface Stack {
  readonly page: Page
  readonly pachd: PachdClient
  readonly mountDir: string
  readonly notebookDir: string
  readonly faults: string[]
  /** The process id of the mount-server that Jupyter started. */
  mountServerPid(): Promise<number>
  stop(): Promise<void>
}

/** Starts everything; `seed` fills pachd before JupyterLab starts. */
export async function startStack(seed: (pachd: PachdClient) => Promise<void>): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'pachyderm-ui-'))
  const stops: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })]
  const stop = async () => {
    for (const step of stops.splice(0).reverse()) await step()
  }
  try {
    const address = await startPachd(folder, stops)
    const pachd = createPachdClient({ address })
    stops.push(() => {
      pachd.close()
      return Promise.resolve()
    })
    await seed(pachd)
    const notebookDir = join(folder, 'notebooks')
    const mountDir = join(folder, 'pfs')
    const url = await startJupyter({ folder, address, notebookDir, mountDir }, stops)
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: BROWSER_FLAGS })
    stops.push(() => browser.close())
    const faults: string[] = []
    return { page: await openPanel(browser, url, faults), pachd, mountDir, notebookDir, faults, mountServerPid: () => mountServerPid(folder), stop }
  } catch (error) {
    const log = await readFile(join(folder, 'jupyter.log'), 'utf8').catch(() => '')
    await stop()
    throw new Error(`the stack did not start; Jupyter's log ends with:\n${log.slice(-3000)}`, { cause: error })
  }
}

/** Makes a repo with one commit on master. */
export async function seedRepo(pachd: PachdClient, repo: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  await pachd.pfs.createRepo({ repo: repoReference({ project: 'default', name: repo }) })
  await commitFiles(pachd, repo, files)
}

/** Adds one commit to master of the repo. */
export async function commitFiles(pachd: PachdClient, repo: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  const branch = branchReference({ project: 'default', repo, branch: 'master' })
  const commit = await pachd.pfs.startCommit({ branch })
  await pachd.pfs.modifyFile(requests())
  await pachd.pfs.finishCommit({ commit })

  function* requests() {
    yield { body: { $case: 'setCommit' as const, setCommit: commit } }
    for (const [path, content] of Object.entries(files)) {
      const raw = typeof content === 'string' ? Buffer.from(content) : content
      yield { body: { $case: 'addFile' as const, addFile: { path, source: { $case: 'raw' as const, raw } } } }
    }
  }
}

async function startPachd(folder: string, stops: (() => Promise<void>)[]): Promise<string> {
  const child = spawn(process.execPath, [join(packages, 'pachd-embedded/bin/pachd-embedded.js'), '--data-dir', join(folder, 'pachd'), '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] })
  stops.push(() => end(child))
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  return eventually(() => {
    if (child.exitCode !== null) throw new Error(`pachd-embedded ended: ${printed}`)
    return Promise.resolve(/listening on (grpc:\/\/\S+)/.exec(printed)?.[1])
  })
}

interface JupyterPlaces {
  readonly folder: string
  readonly address: string
  readonly notebookDir: string
  readonly mountDir: string
}

async function startJupyter({ folder, address, notebookDir, mountDir }: JupyterPlaces, stops: (() => Promise<void>)[]): Promise<string> {
  const config = join(folder, 'config.json')
  await writeFile(config, JSON.stringify({ v2: { active_context: 'test', contexts: { test: { pachd_address: address } } } }))
  await mkdir(notebookDir)
  await mkdir(mountDir)
  const news = join(folder, 'settings/@jupyterlab/apputils-extension')
  await mkdir(news, { recursive: true })
  await writeFile(join(news, 'notification.jupyterlab-settings'), JSON.stringify({ fetchNews: 'false' }))
  const port = await freePort()
  const args = ['--no-browser', '--allow-root', '--ip=127.0.0.1', `--port=${port}`, '--ServerApp.port_retries=0', `--ServerApp.root_dir=${notebookDir}`, '--IdentityProvider.token=secret']
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
      PACH_CONFIG: config,
    },
  })
  stops.push(() => end(child))
  const log = createWriteStream(join(folder, 'jupyter.log'))
  child.stdout.pipe(log)
  child.stderr.pipe(log)
  await eventually(async () => {
    if (child.exitCode !== null) throw new Error('JupyterLab ended')
    const answer = await fetch(`http://127.0.0.1:${port}/pachyderm/v2/mounts?token=secret`).catch(() => undefined)
    return answer?.ok === true ? true : undefined
  })
  return `http://127.0.0.1:${port}/lab?token=secret`
}

async function openPanel(browser: Browser, url: string, faults: string[]): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  page.on('pageerror', error => faults.push(error.message))
  await page.goto(url)
  await page.locator('#jp-left-stack').waitFor({ state: 'attached', timeout: READY_MS })
  await page.locator('.jp-SideBar [data-id="pachyderm-mount"]').click()
  await page.locator('#pachyderm-mount').waitFor()
  return page
}

/** Jupyter's log names it. */
async function mountServerPid(folder: string): Promise<number> {
  const log = await readFile(join(folder, 'jupyter.log'), 'utf8')
  return Number([...log.matchAll(/mount-server started with process id (\d+)/g)].at(-1)?.[1])
}

/** Whether a path is there, asked without blocking this process. */
export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + READY_MS
  while (Date.now() < end) {
    const answer = await ask()
    if (answer !== undefined) return answer
    await delay(50)
  }
  throw new Error(`not ready after ${READY_MS} ms`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
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
