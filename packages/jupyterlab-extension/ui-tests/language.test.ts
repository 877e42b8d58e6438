/// <reference types="node" />
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { beforeAll, expect, test } from 'vitest'

import { showPanel } from './panel-page.js'
import { seedRepo, startStack, type Stack } from './stack.js'

let stack: Stack
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'pachyderm-language-'))
  await writeLanguagePack(folder)
  stack = await startStack(pachd => seedRepo(pachd, 'sales', { '/notes.txt': 'from the shops\n' }), { environment: { PYTHONPATH: folder } })
  return async () => {
    await stack.stop()
    await rm(folder, { recursive: true, force: true })
  }
})

/** JupyterLab offers a language when a pack for it is installed; this one translates nothing of JupyterLab itself. */
async function writeLanguagePack(folder: string): Promise<void> {
  const name = 'jupyterlab_language_pack_de_DE'
  await mkdir(join(folder, name))
  await writeFile(join(folder, name, '__init__.py'), '')
  await mkdir(join(folder, `${name}-1.dist-info`))
  await writeFile(join(folder, `${name}-1.dist-info/METADATA`), `Metadata-Version: 2.1\nName: ${name}\nVersion: 1\n`)
  await writeFile(join(folder, `${name}-1.dist-info/entry_points.txt`), `[jupyterlab.languagepack]\nde_DE = ${name}\n`)
}

test('the panel is in the language that its user chooses in the settings', async () => {
  const { page } = stack
  await page.getByText('Nothing is mounted').waitFor()

  await page.locator('.lm-MenuBar-itemLabel', { hasText: 'Settings' }).click()
  await page.locator('.lm-Menu-itemLabel', { hasText: 'Language' }).hover()
  await page.locator('.lm-Menu-itemLabel', { hasText: 'German' }).click()
  const loaded = page.waitForEvent('load')
  await page.locator('.jp-Dialog .jp-mod-accept').click()
  await loaded
  await showPanel(page)

  await page.getByText('Nichts ist eingehängt').waitFor({ timeout: 90_000 })
  await page.locator('.jp-Pachyderm-tabs .lm-TabBar-tabLabel', { hasText: 'Veröffentlichen' }).waitFor()
  await page.getByTestId('Status__item').getByText('0 Mounts').waitFor()
  await page.locator('.jp-Pachyderm-row', { hasText: 'sales' }).getByTestId('ListItem__mount').click()
  await page.locator('.jp-Pachyderm-mount', { hasText: 'default_sales' }).getByText('aktuell').waitFor()
})

test('nothing went wrong in the page meanwhile', () => {
  expect(stack.faults).toEqual([])
})
