/** What people come for, from the first look at the panel to a published notebook, done as they would do it. */
import type { Locator } from 'playwright-core'

import { DataTab } from './data-rows.js'
import type { Step, Walk } from './walk.js'

const READY_MS = 90_000

/** A new notebook, by the launcher of JupyterLab. */
export function startNotebook(walk: Walk): Promise<Step> {
  return walk.step('Start a notebook', async () => {
    await walk.click(walk.page.locator('.jp-LauncherCard[data-category="Notebook"]', { hasText: 'Python 3' }))
    await walk.page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor({ timeout: READY_MS })
  })
}

/** The panel, whose end is what `awaits`: the data, or what is missing. */
export function openPanel(walk: Walk, awaits: Locator): Promise<Step> {
  return walk.step('Open the panel', async () => {
    await walk.click(walk.page.locator('.jp-SideBar [data-id="pachyderm-mount"]'))
    await awaits.waitFor({ timeout: READY_MS })
  })
}

/** From the form for an address to the data. */
export function connect(walk: Walk, address: string): Promise<Step> {
  return walk.step('Connect', async () => {
    await walk.type(walk.page.getByTestId('Config__pachdAddressInput'), address)
    await walk.click(walk.page.getByTestId('Config__pachdAddressSubmit'))
    await walk.page.locator('.jp-Pachyderm-repos .jp-Pachyderm-row').first().waitFor({ timeout: READY_MS })
  })
}

/** The default branch of a repo, found by its name. */
export function mountRepo(walk: Walk, repo: string): Promise<Step> {
  const tab = new DataTab(walk.page)
  return walk.step(`Mount ${repo}`, async () => {
    await find(walk, repo)
    await walk.click(tab.repo(repo).getByTestId('ListItem__mount'))
    await tab.mount(`default_${repo}`).getByText('up to date').waitFor({ timeout: READY_MS })
  })
}

/** A table of the mount that is shown, into the notebook. */
export function readTable(walk: Walk, file: string): Promise<Step> {
  const row = new DataTab(walk.page).file(file)
  return walk.step(`Get ${file} into a cell`, async () => {
    // Its buttons are shown where the pointer is.
    await row.hover()
    await walk.click(row.getByTestId('Files__insertCode'))
    await walk.page.locator('.jp-Notebook .jp-mod-active .cm-content', { hasText: 'pd.read_csv' }).waitFor()
  })
}

/** The cell that is chosen, until it shows `output`. */
export function runCell(walk: Walk, output: string): Promise<Step> {
  return walk.step('Run the cell', async () => {
    await walk.click(walk.page.locator('[data-command="notebook:run-cell-and-select-next"]').first(), '▶ of the notebook')
    await walk.page.locator('.jp-OutputArea-output td', { hasText: output }).first().waitFor({ timeout: READY_MS })
  })
}

/** A line in the next cell, until it shows a picture. */
export function plot(walk: Walk, line: string): Promise<Step> {
  return walk.step('Plot it', async () => {
    await runLine(walk, line)
    await walk.page.locator('.jp-OutputArea-output img').waitFor({ timeout: READY_MS })
  })
}

/** What is mounted as the input of a pipeline, and its second datum. */
export function tryDatums(walk: Walk): Promise<Step> {
  const { page } = walk
  const cycler = page.getByTestId('Datum__cycler')
  return walk.step('Try datums', async () => {
    await walk.click(page.locator('.pachyderm-test-tab'))
    await page.getByTestId('Datum__inputSpecInput').locator('.cm-line', { hasText: 'glob' }).waitFor()
    await walk.click(page.getByTestId('Datum__loadDatums'))
    await cycler.getByText('Datum (1/').waitFor({ timeout: READY_MS })
    await walk.click(page.getByTestId('Datum__cyclerRight'))
    await cycler.getByText('Datum (2/').waitFor({ timeout: READY_MS })
  })
}

/** The notebook as a pipeline over the input that is tried, after a look at its spec. */
export function publish(walk: Walk, pipeline: string): Promise<Step> {
  const field = (name: string) => walk.page.getByTestId(`Pipeline__${name}`)
  return walk.step('Publish the notebook', async () => {
    await walk.click(walk.page.locator('.pachyderm-publish-tab'))
    await walk.type(field('inputPipelineName'), pipeline)
    await walk.click(field('takeTriedSpec'))
    await walk.click(field('preview'))
    await field('specPreview').getByText(`name: ${pipeline}`).first().waitFor({ timeout: READY_MS })
    await walk.click(field('create_pipeline'))
    await field('responseMessage').waitFor({ timeout: READY_MS })
  })
}

/** From the datums to what was mounted before them. */
export function leaveDatums(walk: Walk, mount: string): Promise<Step> {
  return walk.step('Leave the datums', async () => {
    await walk.click(walk.page.locator('.pachyderm-test-tab'))
    await walk.click(walk.page.getByTestId('Datum__back'))
    await walk.page.getByTestId('Datum__cycler').waitFor({ state: 'detached', timeout: READY_MS })
    await walk.click(walk.page.locator('.pachyderm-explore-tab'))
    await new DataTab(walk.page).mount(mount).getByText('up to date').waitFor({ timeout: READY_MS })
  })
}

/** The oldest commit of master, beside the newest. */
export function mountFirstCommit(walk: Walk, repo: string): Promise<Step> {
  const tab = new DataTab(walk.page)
  const commits = walk.page.getByTestId('ListItem__commitRow')
  return walk.step('Look at older data', async () => {
    await walk.click(tab.repo(repo).locator('.jp-Pachyderm-name'))
    await walk.click(tab.repo('master').getByTestId('ListItem__branch'))
    await commits.last().waitFor()
    const id = (await commits.last().locator('.jp-Pachyderm-commitId').textContent()) ?? ''
    await walk.click(commits.last().getByTestId('ListItem__mount'))
    await tab.mount(`default_${repo}_${id}`).getByText('behind').waitFor({ timeout: READY_MS })
  })
}

/** A mount to write, a line of the notebook that writes one file into it, and its commit. */
export function writeBack(walk: Walk, repo: string, line: string): Promise<Step> {
  const { page } = walk
  const tab = new DataTab(page)
  const uncommitted = tab.mount(`default_${repo}`).getByTestId('ListItem__uncommitted')
  return walk.step('Write a result back', async () => {
    await find(walk, repo)
    await walk.click(tab.repo(repo).getByTestId('ListItem__mountMenu'))
    await walk.click(page.locator('.lm-Menu-itemLabel', { hasText: /^Mount to Write$/ }))
    await tab.mount(`default_${repo}`).getByText('writable').waitFor({ timeout: READY_MS })
    await runLine(walk, line)
    await uncommitted.getByText('±1').waitFor({ timeout: READY_MS })
    await walk.click(uncommitted)
    // The dialog puts the cursor there.
    await page.locator('.jp-Dialog textarea:focus').waitFor({ timeout: READY_MS })
    await walk.type(page.getByTestId('Commit__message'), 'totals')
    await walk.click(page.locator('.jp-Dialog button', { hasText: /^Commit$/ }))
    await uncommitted.waitFor({ state: 'detached', timeout: READY_MS })
    await tab.mount(`default_${repo}`).getByText('up to date').waitFor({ timeout: READY_MS })
  })
}

async function find(walk: Walk, repo: string): Promise<void> {
  await walk.type(walk.page.getByRole('searchbox', { name: 'Search repos and branches' }), repo)
}

/** In the empty cell at the end of the notebook. */
async function runLine(walk: Walk, line: string): Promise<void> {
  await walk.type(walk.page.locator('.jp-Notebook .jp-Cell').last().locator('.cm-content'), line, 'the empty cell')
  await walk.press('Shift+Enter')
}
