/// <reference types="node" />
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

import { beforeAll, expect, test } from 'vitest'

import { DataTab } from './data-rows.js'
import { commitFiles, exists, seedRepo, startStack, type Stack } from './stack.js'

let stack: Stack
beforeAll(async () => {
  stack = await startStack(async pachd => {
    await seedRepo(pachd, 'sales', { '/2026/january.csv': 'city,amount\nParis,10\nRome,32\n', '/notes.txt': 'from the shops\n' })
    await seedRepo(pachd, 'results', { '/readme.txt': 'results go here\n' })
  })
  return () => stack.stop()
})

const row = (text: string) => stack.page.locator('.jp-Pachyderm-row', { hasText: text })
const mount = (name: string) => stack.page.locator('.jp-Pachyderm-mount', { hasText: name })

test('mounting a repo shows its files, here and on the disk of the kernels', async () => {
  await row('sales').getByTestId('ListItem__mount').click()

  await mount('default_sales').getByText('up to date').waitFor()
  await row('notes.txt').waitFor()
  expect(await exists(join(stack.mountDir, 'default_sales/2026/january.csv'))).toBe(true)
})

test('a file is downloaded by the browser as it is', async () => {
  const { page } = stack
  await row('notes.txt').hover()
  const download = page.waitForEvent('download')

  await row('notes.txt').getByTestId('Files__download').click()

  expect((await download).suggestedFilename()).toBe('notes.txt')
  expect(await readFile(await (await download).path(), 'utf8')).toBe('from the shops\n')
})

test('a table opens in the viewer of JupyterLab', async () => {
  await row('2026').dblclick()
  await row('january.csv').dblclick()

  await stack.page.locator('.jp-CSVViewer').waitFor()
  expect(await stack.page.locator('.lm-DockPanel .lm-TabBar-tabLabel', { hasText: 'january.csv' }).count()).toBe(1)
})

test('the cell that the panel inserts reads the file with pandas', async () => {
  const { page } = stack
  await page.getByText('File', { exact: true }).first().click()
  await page.locator('.lm-Menu-itemLabel', { hasText: /^New$/ }).hover()
  await page.locator('.lm-Menu-itemLabel', { hasText: /^Notebook$/ }).click()
  await page.locator('.jp-Dialog .jp-mod-accept').click()
  await page.locator('.jp-NotebookPanel .jp-Cell').first().waitFor()
  await page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor({ timeout: 60_000 })

  await row('january.csv').hover()
  await row('january.csv').getByTestId('Files__insertCode').click()
  await page.locator('.jp-NotebookPanel .jp-Cell .cm-content', { hasText: 'read_csv' }).click()
  await page.keyboard.press('Shift+Enter')

  await page.locator('.jp-OutputArea td', { hasText: 'Rome' }).waitFor({ timeout: 60_000 })
  expect(await page.locator('.jp-OutputArea tbody tr').count()).toBe(2)
})

test('a new commit is offered, and shown after an update', async () => {
  const { page } = stack
  await commitFiles(stack.pachd, 'sales', { '/2026/february.csv': 'city,amount\nOslo,7\n' })
  await page.getByRole('button', { name: 'Refresh', exact: true }).click()
  await mount('default_sales').getByText('1 commit behind').waitFor()
  expect(await row('february.csv').count()).toBe(0)

  await mount('default_sales').getByTestId('ListItem__update').click()

  await row('february.csv').waitFor()
  await mount('default_sales').getByText('up to date').waitFor()
})

test('what is written to a writable mount is committed when the user says so', async () => {
  const { page } = stack
  await new DataTab(page).mountBy('results', 'Mount to Write')
  await mount('default_results').getByText('writable').waitFor()
  await page.locator('.jp-NotebookPanel .jp-Cell .cm-content').last().click()
  await page.keyboard.type(`open("${join(stack.mountDir, 'default_results/best.txt')}", "w").write("42")`)
  await page.keyboard.press('Shift+Enter')
  await page.locator('.jp-OutputArea-output', { hasText: /^2$/ }).waitFor()

  await mount('default_results').getByTestId('ListItem__commit').click()
  await page.locator('.jp-Dialog .jp-mod-accept', { hasText: 'Commit' }).click()
  await mount('default_results').getByText('Committing…').waitFor({ state: 'detached' })

  const names: (string | undefined)[] = []
  const commit = { repo: { project: { name: 'default' }, name: 'results', type: 'user' }, branch: { repo: { project: { name: 'default' }, name: 'results', type: 'user' }, name: 'master' }, id: '' }
  for await (const { file } of stack.pachd.pfs.listFile({ file: { commit, path: '/', datum: '' } })) names.push(file?.path)
  expect(names).toEqual(['/best.txt', '/readme.txt'])
})

test('one commit of a branch is mounted beside it', async () => {
  const { page } = stack
  const ids: string[] = []
  const repo = { project: { name: 'default' }, name: 'sales', type: 'user' }
  for await (const { commit } of stack.pachd.pfs.listCommit({ repo })) ids.push(commit?.id ?? '')
  const first = ids.at(-1) ?? ''
  await new DataTab(page).mountBy('sales', 'Mount a Commit by Its Id…')
  await page.locator('.jp-Dialog input').fill(first)
  await page.locator('.jp-Dialog .jp-mod-accept').click()

  await mount(`default_sales_${first.slice(0, 8)}`).getByText('1 commit behind').waitFor()
  expect(await exists(join(stack.mountDir, `default_sales_${first.slice(0, 8)}`, '2026/february.csv'))).toBe(false)
  await mount(`default_sales_${first.slice(0, 8)}`).getByTestId('ListItem__unmount').click()
  await mount(`default_sales_${first.slice(0, 8)}`).waitFor({ state: 'detached' })
})

test('unmounting takes the files away; a writable mount without changes asks nothing', async () => {
  const { page } = stack
  await mount('default_sales').getByTestId('ListItem__unmount').click()
  await mount('default_sales').waitFor({ state: 'detached' })
  expect(await exists(join(stack.mountDir, 'default_sales'))).toBe(false)

  await mount('default_results').getByTestId('ListItem__unmount').click()

  await page.getByText('Nothing is mounted').waitFor()
})

test('after a reload of the page the same directory is shown', async () => {
  const { page } = stack
  await row('sales').first().getByTestId('ListItem__mount').first().click()
  await row('2026').waitFor()
  const saved = page.waitForRequest(request => request.method() === 'PUT' && request.url().includes('/api/workspaces') && (request.postData() ?? '').includes('default_sales/2026'))
  await row('2026').dblclick()
  await saved

  await page.reload()

  await row('january.csv').waitFor()
})

test('a mount-server that was killed is started again, and the panel finds back', async () => {
  const { page } = stack
  process.kill(await stack.mountServerPid(), 'SIGKILL')
  await page.getByRole('button', { name: 'Refresh', exact: true }).click()

  await page.getByText('Nothing is mounted').waitFor({ timeout: 30_000 })
  await row('sales').first().getByTestId('ListItem__mount').first().click()
  await mount('default_sales').getByText('up to date').waitFor()
})

test('nothing went wrong in the page meanwhile', () => {
  expect(stack.faults).toEqual([])
})
