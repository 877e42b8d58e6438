/// <reference types="node" />
import { join } from 'node:path'

import type { Locator } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'

import { DataTab } from './data-rows.js'
import { runCommand } from './panel-page.js'
import { exists, seedRepo, startStack, type Stack } from './stack.js'

let stack: Stack
let data: DataTab
beforeAll(async () => {
  stack = await startStack(
    async pachd => {
      await seedRepo(pachd, 'sales', { '/january.csv': 'city,amount\nParis,10\nRome,32\n' })
      await seedRepo(pachd, 'results', { '/readme.txt': 'results go here\n' })
    },
    { contexts: () => ({ active: '', contexts: {} }), awaits: 'jupyter' },
  )
  data = new DataTab(stack.page)
  return () => stack.stop()
})

/** More controls than this are never between two places of the page. */
const MOST_TABS = 150

/** Presses Tab until the element has the focus. */
async function tabTo(target: Locator): Promise<void> {
  await target.waitFor({ timeout: 60_000 })
  for (let presses = 0; presses < MOST_TABS; presses++) {
    if (await target.evaluate(element => element === document.activeElement)) return
    await stack.page.keyboard.press('Tab')
  }
  throw new Error('Tab does not lead there')
}

/** Chooses an entry of the open context menu by its arrow keys. */
async function chooseByKeys(label: string): Promise<void> {
  const entry = stack.page.locator('.lm-Menu-item.lm-mod-active .lm-Menu-itemLabel', { hasText: new RegExp(`^${label}$`) })
  await stack.page.locator('.lm-Menu').waitFor()
  for (let presses = 0; presses < MOST_TABS && (await entry.count()) === 0; presses++) await stack.page.keyboard.press('ArrowDown')
  await stack.page.keyboard.press('Enter')
  await stack.page.locator('.lm-Menu').waitFor({ state: 'detached' })
}

test('a cluster is connected', async () => {
  await tabTo(stack.page.getByTestId('Config__pachdAddressInput'))
  await stack.page.keyboard.type(stack.pachdProcess.address)
  await stack.page.keyboard.press('Enter')

  await data.repo('sales').waitFor()
})

test('a repo is found and mounted', async () => {
  const { page } = stack
  await tabTo(page.getByRole('searchbox', { name: 'Search repos and branches' }))
  await page.keyboard.type('sal')
  await data.repo('results').waitFor({ state: 'detached' })
  await tabTo(page.getByRole('tree', { name: 'Repositories' }))
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Shift+F10')
  await chooseByKeys('Mount to Read')

  await data.mount('default_sales').getByText('up to date').waitFor()
  expect(await exists(join(stack.mountDir, 'default_sales/january.csv'))).toBe(true)
})

test('a file is put into a cell', async () => {
  const { page } = stack
  await runCommand(page, 'notebook:create-new', { kernelName: 'python3' })
  await page.locator('.jp-NotebookPanel .jp-Cell').first().waitFor({ timeout: 60_000 })
  await page.keyboard.press('Control+Alt+p')
  await tabTo(data.mount('default_sales').locator('.jp-Pachyderm-mountName'))
  await page.keyboard.press('Enter')
  await data.file('january.csv').waitFor()
  await tabTo(page.getByRole('grid', { name: 'Files' }))
  await page.keyboard.press('Shift+F10')
  await chooseByKeys('Insert Code That Reads the File')

  await page.locator('.jp-NotebookPanel .cm-content', { hasText: 'read_csv' }).waitFor({ timeout: 60_000 })
})

test('what was mounted is unmounted', async () => {
  await stack.page.keyboard.press('Control+Alt+p')
  await tabTo(data.mount('default_sales').getByTestId('ListItem__unmount'))
  await stack.page.keyboard.press('Enter')

  await stack.page.getByText('Nothing is mounted').waitFor()
  expect(await exists(join(stack.mountDir, 'default_sales'))).toBe(false)
})

test('nothing went wrong in the page meanwhile', () => {
  expect(stack.faults).toEqual([])
})
