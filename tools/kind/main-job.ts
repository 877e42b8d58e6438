/** The main job in a browser, on a JupyterLab that somebody else has started: a repo is mounted in the panel, and Jupyter finds its file on disk. */
import { randomUUID } from 'node:crypto'

import { branchReference, createPachdClient, repoReference } from '@jupyterlab-pachyderm/pachd-client'
import { chromium } from 'playwright-core'

import { SetupError } from '../setup/report.mjs'

/** What the file of the repo says. */
export const EXPECTED_TEXT = 'city,amount\nParis,10\n'

const START_MS = 90_000
const MOUNT_MS = 60_000

/** Where the two sides are. */
export interface MainJobOptions {
  readonly pachdAddress: string
  /** Without a path. */
  readonly jupyterUrl: string
  readonly jupyterToken: string
}

/** What the notebook server says of the mounted file. */
export interface MountedFile {
  /** How data is shown there: `fuse` for a mount in the kernel. */
  readonly way: string
  readonly content: string
}

/** Does it with a new repo of one file. Throws when the panel does not come to an end of it within minutes. */
export async function doMainJob({ pachdAddress, jupyterUrl, jupyterToken }: MainJobOptions): Promise<MountedFile> {
  const repo = `panel-${randomUUID().slice(0, 8)}`
  await writeRepo(pachdAddress, repo)
  const browser = await chromium.launch({ executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
  try {
    const faults: string[] = []
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    page.on('pageerror', error => faults.push(error.message))
    await page.goto(`${jupyterUrl}/lab?token=${jupyterToken}`)
    await page.locator('.jp-SideBar [data-id="pachyderm-mount"]').click({ timeout: START_MS })
    const row = page.locator('.jp-Pachyderm-row', { hasText: repo })
    await row.hover({ timeout: MOUNT_MS })
    await row.getByTestId('ListItem__mount').click()
    await page.locator('.jp-Pachyderm-mount', { hasText: repo }).getByText('up to date').waitFor({ timeout: MOUNT_MS })
    if (faults.length > 0) throw new SetupError(`the page complained: ${faults.join('; ')}`)
  } finally {
    await browser.close()
  }
  const ask = async (path: string) => {
    const answer = await fetch(`${jupyterUrl}/pachyderm/v2${path}`, { headers: { authorization: `token ${jupyterToken}` } })
    if (!answer.ok) throw new SetupError(`${path} through Jupyter: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }
  const { way } = (await ask('/mount-server')) as { way: string }
  const { content } = (await ask(`/pfs/default_${repo}/january.csv`)) as { content: string }
  return { way, content }
}

async function writeRepo(address: string, repo: string): Promise<void> {
  const client = createPachdClient({ address })
  await client.pfs.createRepo({ repo: repoReference({ project: 'default', name: repo }) })
  const commit = await client.pfs.startCommit({ branch: branchReference({ project: 'default', repo, branch: 'master' }) })
  await client.pfs.modifyFile([
    { body: { $case: 'setCommit', setCommit: commit } },
    { body: { $case: 'addFile', addFile: { path: '/january.csv', source: { $case: 'raw', raw: Buffer.from(EXPECTED_TEXT) } } } },
  ])
  await client.pfs.finishCommit({ commit })
  client.close()
}
