/// <reference types="node" />
/** A real pachd, JupyterLab with its mount-server, and a browser: started for one test file, and all ended again. */
import { access, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { createPachdClient, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'
import { chromium, type Browser, type Page } from 'playwright-core'

import { startJupyter, type JupyterProcess, type PachydermContexts, type Release } from './jupyter-process.js'
import { startPachd, type PachdProcess } from './pachd-process.js'
import { openPanel } from './panel-page.js'

export { commitFiles, seedManyRepos, seedRepo, seedWideDirectory } from './seeding.js'

const BROWSER_FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']

/** What a test may want otherwise. */
export interface StackOptions {
  /** Default: what the environment variable JUPYTERLAB_RELEASE says, else the newest JupyterLab. */
  readonly release?: Release
  /** Turns auth on; `pachd` of the stack uses it. */
  readonly rootToken?: string
  /** What the config file says before Jupyter starts. Default: one context with the address of the stack's pachd, and the token, if any. */
  readonly contexts?: (address: string) => PachydermContexts
  /** Environment variables of Jupyter: `PFS_MOUNT_WITH: 'none'` for a machine without FUSE. */
  readonly environment?: Readonly<Record<string, string>>
  /** What has to answer before the page is opened. Default: mount-server. */
  readonly awaits?: 'mount-server' | 'jupyter'
  /** In CSS pixels. Default: 1280 × 800. */
  readonly viewport?: { readonly width: number; readonly height: number }
}

/** What a test works with. `faults` collects what went wrong in the page. */
export interface Stack {
  readonly page: Page
  readonly browser: Browser
  readonly pachd: PachdClient
  readonly pachdProcess: PachdProcess
  readonly mountDir: string
  readonly notebookDir: string
  /** Pachyderm's config file, which mount-server and pachctl share. */
  readonly configFile: string
  readonly faults: string[]
  /** The address of a page of Jupyter, with the token: `lab`, `tree`, `notebooks/a.ipynb`. */
  readonly pageUrl: (page: string) => string
  /** The process id of the mount-server that Jupyter started. */
  mountServerPid(): Promise<number>
  stop(): Promise<void>
}

/** Starts everything; `seed` fills pachd before JupyterLab starts. */
export async function startStack(seed: (pachd: PachdClient) => Promise<void>, options: StackOptions = {}): Promise<Stack> {
  const { release = releaseOf(process.env.JUPYTERLAB_RELEASE), rootToken, environment = {}, awaits = 'mount-server', viewport = { width: 1280, height: 800 } } = options
  const { contexts = (address: string) => ({ active: 'test', contexts: { test: { pachd_address: address, ...(rootToken !== undefined && { session_token: rootToken }) } } }) } = options
  const folder = await mkdtemp(join(tmpdir(), 'pachyderm-ui-'))
  const stops: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })]
  const stop = async () => {
    for (const step of stops.splice(0).reverse()) await step()
  }
  try {
    const pachdProcess = await startPachd(join(folder, 'pachd'), rootToken)
    stops.push(() => pachdProcess.stop())
    const pachd = createPachdClient({ address: pachdProcess.address, token: rootToken })
    stops.push(() => {
      pachd.close()
      return Promise.resolve()
    })
    await seed(pachd)
    const jupyter: JupyterProcess = await startJupyter({ folder, release, environment, awaits, contexts: contexts(pachdProcess.address) })
    stops.push(() => jupyter.stop())
    const browser = await startBrowser()
    stops.push(() => browser.close())
    const faults: string[] = []
    const { mountDir, notebookDir, configFile, pageUrl } = jupyter
    const page = await openPanel(browser, pageUrl('lab'), faults, viewport)
    return { page, browser, pachd, pachdProcess, mountDir, notebookDir, configFile, faults, pageUrl, mountServerPid: () => jupyter.mountServerPid(), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Throws for a word that names no release. */
function releaseOf(word = 'newest'): Release {
  if (word === 'newest' || word === 'oldest') return word
  throw new Error(`JUPYTERLAB_RELEASE is newest or oldest, not ${word}`)
}

/** Chromium without a window; the caller closes it. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: BROWSER_FLAGS })
}

/** Whether a path is there, asked without blocking this process. */
export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
