/// <reference types="node" />
/** Large clusters and large directories: few elements in the page, and all of it within reach. */
import { beforeAll, expect, test } from 'vitest'

import { DataTab } from './data-rows.js'
import { inspectPanel } from './panel-inspection.js'
import { seedManyRepos, seedWideDirectory, startStack, type Stack } from './stack.js'

const REPOS = 3_000
const FILES = 100_000
/** Three times what a tall screen shows. */
const MOST_ROWS = 120
const LISTING_MS = 120_000

let stack: Stack
let tab: DataTab
beforeAll(async () => {
  stack = await startStack(async pachd => {
    await seedManyRepos(pachd, REPOS)
    await seedWideDirectory(pachd, 'wide', FILES)
  })
  tab = new DataTab(stack.page)
  return () => stack.stop()
})

test('3,000 repos are listed by the rows in sight, and the last one is reached by one key', async () => {
  const { page } = stack
  const rows = page.locator('.jp-Pachyderm-repos .jp-Pachyderm-row')
  await page.getByText('Repositories (3,001)').waitFor({ timeout: LISTING_MS })
  await tab.repo('repo0000').waitFor()
  expect(await rows.count()).toBeLessThan(MOST_ROWS)
  expect(await inspectPanel(page, '40-many-repos')).toEqual([])

  await page.getByRole('tree', { name: 'Repositories' }).focus()
  await page.keyboard.press('End')

  await tab.repo('wide').waitFor()
  expect(await rows.count()).toBeLessThan(MOST_ROWS)
})

test('one of 3,000 repos is found by its name', async () => {
  await stack.page.getByRole('searchbox', { name: 'Search repos and branches' }).fill('repo2999')

  await tab.repo('repo2999').waitFor()
  await tab.repo('repo0000').waitFor({ state: 'detached' })
})

test('a directory of 100,000 files is listed by the rows in sight, and its last name is reached', async () => {
  const { page } = stack
  const rows = page.locator('.jp-Pachyderm-files .jp-Pachyderm-row')
  await page.getByRole('searchbox', { name: 'Search repos and branches' }).fill('wide')
  await tab.repo('wide').getByTestId('ListItem__mount').click()
  await tab.file('many').dblclick()
  await tab.file('file000000.csv').waitFor({ timeout: LISTING_MS })
  expect(await rows.count()).toBeLessThan(MOST_ROWS)
  expect(await inspectPanel(page, '41-many-files')).toEqual([])

  const scroller = page.locator('.jp-Pachyderm-files .jp-Pachyderm-list')
  await scroller.focus()
  await expect
    .poll(
      async () => {
        await page.keyboard.press('End')
        return tab.file(`file${String(FILES - 1).padStart(6, '0')}.csv`).count()
      },
      { timeout: LISTING_MS },
    )
    .toBe(1)
  expect(await rows.count()).toBeLessThan(MOST_ROWS)
})

test('nothing went wrong in the page meanwhile', () => {
  expect(stack.faults).toEqual([])
})
