/// <reference types="node" />
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { beforeAll, expect, test } from 'vitest'

import { exists, seedRepo, startStack, type Stack } from './stack.js'

let stack: Stack
beforeAll(async () => {
  stack = await startStack(async pachd => {
    await seedRepo(pachd, 'sales', { '/2025/june.csv': 'city,amount\n', '/2026/january.csv': 'city,amount\nParis,10\n', '/2026/february.csv': 'city,amount\nOslo,7\n' })
    await seedRepo(pachd, 'rates', { '/june.csv': '1', '/january.csv': '2' })
  })
  return () => stack.stop()
})

const mount = (name: string) => stack.page.locator('.jp-Pachyderm-mount', { hasText: name })
const spec = () => stack.page.getByTestId('Datum__inputSpecInput')
const cycler = () => stack.page.getByTestId('Datum__cycler')
const inputs = () => stack.page.getByTestId('Datum__inputs')

/** The text of the editor. */
const written = async () => (await spec().locator('.cm-line').allTextContents()).join('\n')
const write = async (text: string) => {
  await spec().fill(text)
  await expect.poll(written).toBe(text)
}
const load = () => stack.page.getByTestId('Datum__loadDatums').click()
const toTab = (name: 'explore' | 'test') => stack.page.locator(`.pachyderm-${name}-tab`).click()

test('what is mounted is proposed as the input', async () => {
  const { page } = stack
  await page.locator('.jp-Pachyderm-row', { hasText: 'sales' }).first().getByTestId('ListItem__mount').first().click()
  await mount('default_sales').getByText('up to date').waitFor()

  await toTab('test')

  await expect.poll(written).toBe('pfs:\n  name: default_sales\n  repo: sales\n  glob: /*\n')
  expect(await spec().getAttribute('aria-labelledby').then(id => page.locator(`[id="${id ?? ''}"]`).innerText())).toBe('Input spec')
})

test('names are completed from the repos of the cluster', async () => {
  const { page } = stack
  await write('pfs:\n  repo: ra')
  await page.keyboard.press('Control+End')

  await page.keyboard.press('Control+Space')
  await page.locator('.cm-tooltip-autocomplete li', { hasText: 'rates' }).click()

  await expect.poll(written).toBe('pfs:\n  repo: rates')
})

test('the Tab key leads out of the editor', async () => {
  await spec().focus()

  await stack.page.keyboard.press('Tab')

  expect(await spec().evaluate(element => element.contains(document.activeElement))).toBe(false)
})

test('what is wrong is marked at its line and said below, and is not sent', async () => {
  const { page } = stack
  await write('pfs:\n  repo: sales\n  glop: /*')

  await page.getByText('Line 3: "glop" is no field of pfs').waitFor()
  await page.locator('.cm-lint-marker-error').first().waitFor()
  await load()

  await page.getByTestId('Datum__errorMessage').getByText('Bad data in input spec: see line 3').waitFor()
})

test.each([
  ['pfs: [', 'Poorly formatted input spec- must be either YAML or JSON'],
  ['pfs:\n  repo: sales\n  glob: /nothing', 'Bad data in input spec: spec produces zero datums; nothing to mount'],
  ['pfs:\n  repo: nowhere\n  glob: /*', 'Bad data in input spec: default/nowhere@master'],
])('of %j the reason is said, and what is mounted stays', async (text, reason) => {
  await write(text)

  await load()

  await stack.page.getByTestId('Datum__errorMessage').getByText(reason).waitFor()
  expect(await exists(join(stack.mountDir, 'default_sales/2025'))).toBe(true)
})

test('what the user wrote is there again after another tab and after a reload', async () => {
  const { page } = stack
  const mine = 'pfs:\n  name: month\n  repo: sales\n  glob: /2026/*'
  const saved = page.waitForRequest(request => request.method() === 'PUT' && request.url().includes('/api/workspaces') && (request.postData() ?? '').includes('/2026/*'))
  await write(mine)
  await toTab('explore')
  await toTab('test')
  expect(await written()).toBe(mine)
  await saved

  await page.reload()
  await toTab('test')

  await expect.poll(written).toBe(mine)
})

test('loading shows the first datum alone, in the panel and on the disk of the kernels', async () => {
  await load()

  await cycler().getByText('Datum (1/2)').waitFor()
  await inputs().getByText('month').waitFor()
  expect(await exists(join(stack.mountDir, 'default_sales'))).toBe(false)
  expect(await exists(join(stack.mountDir, 'month/2026'))).toBe(true)
  expect(await exists(join(stack.mountDir, 'month/2025'))).toBe(false)
})

test('each step shows one datum, and the first follows the last', async () => {
  const shown = async () => [await exists(join(stack.mountDir, 'month/2026/february.csv')), await exists(join(stack.mountDir, 'month/2026/january.csv'))]
  const first = await shown()
  await stack.page.getByTestId('Datum__cyclerRight').click()
  await cycler().getByText('Datum (2/2)').waitFor()
  const second = await shown()
  await stack.page.getByTestId('Datum__cyclerRight').click()
  await cycler().getByText('Datum (1/2)').waitFor()

  expect([first, second, await shown()]).toEqual([[true, false], [false, true], [true, false]])
})

test('the palette goes to the datum before', async () => {
  const { page } = stack
  await page.keyboard.press('Control+Shift+C')
  await page.locator('#modal-command-palette input').fill('Show the Previous Datum')
  await page.keyboard.press('Enter')

  await cycler().getByText('Datum (2/2)').waitFor()
  await page.getByTestId('Datum__cyclerRight').click()
  await cycler().getByText('Datum (1/2)').waitFor()
})

test('a datum can be gone to by its number', async () => {
  const number = stack.page.getByTestId('Datum__jump')
  await number.fill('2')
  await number.press('Enter')

  await cycler().getByText('Datum (2/2)').waitFor()
})

test('what is written to out is listed and can be cleared', async () => {
  const { page } = stack
  await writeFile(join(stack.mountDir, 'out/result.csv'), 'sum\n17\n')

  await page.getByTestId('Datum__refreshOutput').click()
  await page.getByTestId('Datum__output').getByText('result.csv').waitFor()
  await page.getByTestId('Datum__clearOutput').click()
  await page.locator('.jp-Dialog .jp-mod-accept').click()

  await page.getByTestId('Datum__output').getByText('nothing written yet').waitFor()
  await expect.poll(() => exists(join(stack.mountDir, 'out/result.csv'))).toBe(false)
})

test('a datum is downloaded with its output, and that is no error', async () => {
  const { page } = stack
  await writeFile(join(stack.mountDir, 'out/best.txt'), '42')

  await page.getByTestId('Datum__downloadDatum').click()
  const notice = page.getByTestId('Datum__successMessage')
  await notice.getByText('Datum downloaded to datum-2').waitFor()

  expect(await readFile(join(stack.notebookDir, 'datum-2/month/2026/january.csv'), 'utf8')).toBe('city,amount\nParis,10\n')
  expect(await readFile(join(stack.notebookDir, 'datum-2/out/best.txt'), 'utf8')).toBe('42')
  const [shown, success] = await notice.evaluate(element => {
    const probe = document.createElement('i')
    probe.style.color = 'var(--jp-success-color1)'
    element.append(probe)
    return [getComputedStyle(element).borderLeftColor, getComputedStyle(probe).color]
  })
  expect(shown).toBe(success)
})

test('the files of an input are shown among the files', async () => {
  const { page } = stack

  await inputs().getByText('month').click()

  await page.locator('.jp-Pachyderm-row', { hasText: '2026' }).waitFor()
  await toTab('test')
})

/** What JupyterLab, a moment after the last change, has kept of the page. */
async function keptWorkspace(): Promise<string> {
  return (await stack.page.request.get(stack.pageUrl('lab/api/workspaces/default'))).text()
}

test('after a reload of the page the same datum is shown, with the text of its user', async () => {
  await expect.poll(keptWorkspace, { timeout: 30_000 }).toMatch(/"mountedBefore": ?\[\{"name": ?"default_sales"/)
  await stack.page.reload()
  await toTab('test')

  await cycler().getByText('Datum (2/2)').waitFor()
  await expect.poll(written).toBe('pfs:\n  name: month\n  repo: sales\n  glob: /2026/*')
})

test('after mount-server was killed, the datum is gone on with', async () => {
  const { page } = stack
  process.kill(await stack.mountServerPid(), 'SIGKILL')

  await page.getByTestId('Datum__resume').getByText('Go on with datum 2').click({ timeout: 60_000 })

  await cycler().getByText('Datum (2/2)').waitFor()
  await expect.poll(() => exists(join(stack.mountDir, 'month/2026/january.csv'))).toBe(true)
})

test('of a join it is said that its order means nothing, of one repo it is not', async () => {
  const { page } = stack
  const notice = page.getByText('Datum order not guaranteed')
  expect(await notice.count()).toBe(0)

  await write('join:\n- pfs:\n    repo: sales\n    glob: /*/(*)\n    join_on: $1\n- pfs:\n    repo: rates\n    glob: /(*)\n    join_on: $1')
  await load()

  await notice.waitFor()
  await cycler().getByText('Datum (1/2)').waitFor()
  await expect.poll(async () => (await inputs().locator('li').allInnerTexts()).sort()).toEqual(['default_rates', 'default_sales'])
})

test('back at the repos, what was mounted before all this is mounted again', async () => {
  const { page } = stack
  await page.getByTestId('Datum__back').click()
  await cycler().waitFor({ state: 'detached' })

  await toTab('explore')

  await mount('default_sales').getByText('up to date').waitFor()
  expect(await exists(join(stack.mountDir, 'default_sales/2025'))).toBe(true)
})

test('nothing went wrong in the page meanwhile', () => {
  expect(stack.faults).toEqual([])
})
