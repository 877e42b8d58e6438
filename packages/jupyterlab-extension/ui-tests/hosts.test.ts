/// <reference types="node" />
/** The main job in every host: JupyterLab and Notebook 7, the oldest that are supported and the newest. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'

import { DataTab } from './data-rows.js'
import { runCommand } from './panel-page.js'
import { exists, seedRepo, startStack, type Stack } from './stack.js'

const KERNEL_MS = 90_000
const NOTEBOOK = {
  cells: [{ cell_type: 'code', id: 'first', execution_count: null, metadata: {}, outputs: [], source: '' }],
  metadata: { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' } },
  nbformat: 4,
  nbformat_minor: 5,
}

/** JupyterLab, with an open notebook. */
async function inLab({ page, notebookDir }: Stack): Promise<Page> {
  await writeFile(join(notebookDir, 'lab.ipynb'), JSON.stringify(NOTEBOOK))
  await runCommand(page, 'docmanager:open', { path: 'lab.ipynb' })
  return page
}

/** Notebook 7, where the panel comes out of the View menu. */
async function inNotebook({ browser, pageUrl, notebookDir, faults }: Stack): Promise<Page> {
  await writeFile(join(notebookDir, 'seven.ipynb'), JSON.stringify(NOTEBOOK))
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  // Notebook has faults of its own, with any extension and without one.
  page.on('pageerror', error => error.stack?.includes('jupyterlab-pachyderm') === true && faults.push(error.message))
  await page.goto(pageUrl('notebooks/seven.ipynb'))
  await page.locator('.jp-Notebook .jp-Cell').first().waitFor({ timeout: KERNEL_MS })
  await page.locator('.lm-MenuBar-itemLabel', { hasText: /^View$/ }).click()
  await page.locator('.lm-Menu-itemLabel', { hasText: /^Left Sidebar$/ }).hover()
  await page.locator('.lm-Menu-itemLabel', { hasText: /^Show Pachyderm Mount$/ }).click()
  await page.locator('#pachyderm-mount').waitFor()
  return page
}

describe.each(['oldest', 'newest'] as const)('on the %s release', release => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack(
      async pachd => {
        for (const host of ['lab', 'notebook']) {
          await seedRepo(pachd, `${host}_sales`, { '/january.csv': 'city,amount\nParis,10\nRome,32\n' })
          await seedRepo(pachd, `${host}_results`, { '/readme.txt': 'results go here\n' })
        }
      },
      { release },
    )
    return () => stack.stop()
  })

  test.each([
    ['JupyterLab', 'lab', inLab],
    ['Notebook 7', 'notebook', inNotebook],
  ] as const)('%s mounts, inserts a cell that reads, and commits what a cell wrote', async (_, repos, open) => {
    const page = await open(stack)
    const row = (text: string) => page.locator('.jp-Pachyderm-row', { hasText: text })
    const mount = (name: string) => page.locator('.jp-Pachyderm-mount', { hasText: name })
    const cells = page.locator('.jp-Notebook .jp-Cell .cm-content')

    await row(`${repos}_sales`).getByTestId('ListItem__mount').click()
    await row('january.csv').hover()
    expect(await exists(join(stack.mountDir, `default_${repos}_sales/january.csv`))).toBe(true)

    await row('january.csv').getByTestId('Files__insertCode').click()
    await page.locator('.jp-Notebook .jp-Cell .cm-content', { hasText: 'read_csv' }).click()
    await page.keyboard.press('Shift+Enter')
    await page.locator('.jp-OutputArea td', { hasText: 'Rome' }).waitFor({ timeout: KERNEL_MS })

    await new DataTab(page).mountBy(`${repos}_results`, 'Mount to Write')
    await mount(`default_${repos}_results`).getByText('writable').waitFor()
    await cells.last().click()
    await page.keyboard.type(`open("${join(stack.mountDir, `default_${repos}_results/best.txt`)}", "w").write("42")`)
    await page.keyboard.press('Shift+Enter')
    await page.locator('.jp-OutputArea-output', { hasText: /^2$/ }).waitFor()
    await mount(`default_${repos}_results`).getByTestId('ListItem__commit').click()
    await new DataTab(page).answer('Commit')
    await expect.poll(() => namesIn(stack, `${repos}_results`), { timeout: KERNEL_MS }).toEqual(['/best.txt', '/readme.txt'])
  })

  test('nothing went wrong in the pages meanwhile', () => {
    expect(stack.faults).toEqual([])
  })
})

async function namesIn({ pachd }: Stack, name: string): Promise<string[]> {
  const repo = { project: { name: 'default' }, name, type: 'user' }
  const names: string[] = []
  for await (const { file } of pachd.pfs.listFile({ file: { commit: { repo, branch: { repo, name: 'master' }, id: '' }, path: '/', datum: '' } })) names.push(file?.path ?? '')
  return names
}
