/// <reference types="node" />
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { beforeAll, describe, expect, test } from 'vitest'

import { DataTab } from './data-rows.js'
import { runCommand } from './panel-page.js'
import { exists, seedRepo, seedWideDirectory, startStack, type Stack } from './stack.js'

const MANY = 12_000
const KERNEL_MS = 90_000

let stack: Stack
let tab: DataTab
beforeAll(async () => {
  stack = await startStack(
    async pachd => {
      await seedRepo(pachd, 'sales', { '/january.csv': 'city,amount\nParis,10\nRome,32\n', '/2026/february.csv': 'city,amount\nOslo,7\n', '/notes.txt': 'from the shops\n' })
      await seedWideDirectory(pachd, 'wide', MANY)
    },
    { environment: { PFS_MOUNT_WITH: 'none' } },
  )
  tab = new DataTab(stack.page)
  await tab.repo('sales').getByTestId('ListItem__mount').click()
  await tab.file('january.csv').waitFor()
  return () => stack.stop()
})

const grid = () => stack.page.getByRole('grid', { name: 'Files' })
const menuOf = async (name: string, label: string) => {
  await tab.chooseFile(name, { button: 'right' })
  await tab.choose(label)
}

describe('where nothing can be mounted', () => {
  test('files are listed with JupyterLab’s icons and their sizes', async () => {
    expect(await tab.file('january.csv').locator('.jp-Pachyderm-size').textContent()).toBe('29 B')
    expect(await tab.file('january.csv').locator('[data-icon="ui-components:spreadsheet"]').count()).toBe(1)
  })

  test('a table is shown by JupyterLab’s own viewer', async () => {
    await tab.open('january.csv')

    await stack.page.locator('.jp-CSVViewer').waitFor()
  })

  test('a cell reads it all the same, in the notebook that is open behind the viewer', async () => {
    const { page } = stack
    await runCommand(page, 'notebook:create-new', { kernelName: 'python3' })
    await page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor({ timeout: KERNEL_MS })
    await tab.open('january.csv')
    await page.locator('.jp-CSVViewer:visible').waitFor()

    await tab.file('january.csv').hover()
    await tab.file('january.csv').getByTestId('Files__insertCode').click()
    await page.locator('.jp-Notebook .jp-Cell .cm-content', { hasText: 'pd.read_csv("pfs://default_sales/january.csv")' }).click()
    await page.keyboard.press('Shift+Enter')

    await page.locator('.jp-OutputArea td', { hasText: 'Rome' }).waitFor({ timeout: KERNEL_MS })
  })
})

describe('copies', () => {
  test('a file and a folder are copied into the folder of the file browser', async () => {
    await menuOf('january.csv', 'Copy to Jupyter’s Files')
    await expect.poll(() => exists(join(stack.notebookDir, 'january.csv'))).toBe(true)
    expect(await readFile(join(stack.notebookDir, 'january.csv'), 'utf8')).toContain('Rome,32')

    await menuOf('2026', 'Copy to Jupyter’s Files')
    await expect.poll(() => exists(join(stack.notebookDir, '2026/february.csv'))).toBe(true)
  })

  test('what is there already is replaced only when the user says so', async () => {
    await menuOf('january.csv', 'Copy to Jupyter’s Files')
    await stack.page.locator('.jp-Dialog', { hasText: 'Replace january.csv?' }).waitFor()
    await tab.answer('Cancel')

    await menuOf('january.csv', 'Copy to Jupyter’s Files')
    await tab.answer('Replace')
    await stack.page.locator('.Toastify__toast', { hasText: 'Copied to january.csv' }).first().waitFor()
  })

  test('several files are downloaded at once', async () => {
    const names: string[] = []
    stack.page.on('download', download => names.push(download.suggestedFilename()))
    await tab.chooseFile('january.csv')
    await tab.chooseFile('notes.txt', { modifiers: ['Control'] })

    await tab.chooseFile('notes.txt', { button: 'right' })
    await tab.choose('Download to This Computer')

    await expect.poll(() => [...names].sort()).toEqual(['january.csv', 'notes.txt'])
  })

  test('a folder is downloaded as one archive', async () => {
    const download = stack.page.waitForEvent('download')
    await menuOf('2026', 'Download to This Computer')

    expect((await download).suggestedFilename()).toBe('2026.tar')
    expect(await readFile(await (await download).path(), 'utf8')).toContain('Oslo,7')
  })
})

describe('a directory of many files', () => {
  test('shows the first at once, and only those in sight', async () => {
    await tab.repo('wide').getByTestId('ListItem__mount').click()
    await tab.open('many')

    await tab.file('file000000.csv').waitFor()
    await expect.poll(() => stack.page.getByTestId('Files__count').textContent(), { timeout: 30_000 }).toMatch(/of 12,000$/)
    expect(await grid().getByRole('row').count()).toBeLessThan(100)
  })

  test('comes to its end by scrolling', async () => {
    const { page } = stack
    await expect
      .poll(
        async () => {
          await grid().press('End')
          return page.getByTestId('Files__count').textContent()
        },
        { timeout: 60_000 },
      )
      .toBe('12,000 entries')
    await grid().press('End')

    await tab.file(`file0${String(MANY - 1)}.csv`).waitFor()
  })

  test('is filtered by the server', async () => {
    await stack.page.getByTestId('Files__filter').fill('0119')

    await expect.poll(() => stack.page.getByTestId('Files__count').textContent()).toBe('112 entries')
    expect(await tab.file('file011999.csv').count()).toBe(1)
  })
})

test('nothing went wrong in the page meanwhile', () => {
  expect(stack.faults).toEqual([])
})
