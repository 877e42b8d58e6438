/// <reference types="node" />
/** Where data comes from, notebooks that remember their commits, and snippets of the settings. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { branchReference, repoReference } from '@jupyterlab-pachyderm/pachd-client'
import { beforeAll, describe, expect, test } from 'vitest'

import { DataTab } from './data-rows.js'
import { inspectPanel } from './panel-inspection.js'
import { runCommand } from './panel-page.js'
import { commitFiles, exists, seedRepo, startStack, type Stack } from './stack.js'

const OPEN_MS = 60_000
const NOTEBOOK = 'analysis.ipynb'
const OTHER = 'other.ipynb'

let stack: Stack
let tab: DataTab
let before: string
beforeAll(async () => {
  stack = await startStack(async pachd => {
    await seedRepo(pachd, 'labels', { '/labels.txt': 'cat\n' })
    await seedRepo(pachd, 'images', { '/cat.txt': 'meow\n' })
    const sources = ['images', 'labels'].map(repo => ({ pfs: { repo, glob: '/*' } }))
    await pachd.pps.createPipeline({ pipeline: { project: { name: 'default' }, name: 'edges' }, transform: { image: 'python:3', cmd: ['true'] }, input: { cross: sources } })
    await pachd.pfs.createRepo({ repo: repoReference({ name: 'report' }) })
    await pachd.pfs.createBranch({ branch: branchReference({ repo: 'report', branch: 'master' }), provenance: [branchReference({ repo: 'images', branch: 'master' })] })
    await commitFiles(pachd, 'images', { '/dog.txt': 'woof\n' })
    await pachd.pfs.finishCommit({ commit: { repo: repoReference({ name: 'report' }), branch: branchReference({ repo: 'report', branch: 'master' }) } })
  })
  tab = new DataTab(stack.page)
  await stack.page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const cells = [{ cell_type: 'code', id: 'a', execution_count: null, metadata: {}, outputs: [], source: [] }]
  before = `${JSON.stringify({ cells, metadata: { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' }, pachyderm_pps: { version: 'v1.0.0' } }, nbformat: 4, nbformat_minor: 5 }, undefined, 1)}\n`
  await writeFile(join(stack.notebookDir, NOTEBOOK), before)
  await writeFile(join(stack.notebookDir, OTHER), before)
  return () => stack.stop()
})

const headOf = async (repo: string) => (await stack.pachd.pfs.inspectBranch({ branch: branchReference({ repo, branch: 'master' }) })).head?.id ?? ''
const byId = (id: string) => stack.page.getByTestId(id)
const commitRow = (name: string) => byId('Lineage__commit').filter({ hasText: name })

async function openNotebook(name: string): Promise<void> {
  await runCommand(stack.page, 'docmanager:open', { path: name })
  await stack.page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell').first().waitFor({ timeout: OPEN_MS })
}

describe('where a commit comes from', () => {
  test('is told from its row, over all steps, in both directions', async () => {
    await tab.repo('images').getByText('images').click()
    await tab.mountBy('master', 'Where This Comes From…')

    await commitRow('report@master').waitFor()
    const dialog = stack.page.locator('.jp-Dialog')
    expect(await dialog.locator('.jp-Dialog-header').innerText()).toContain('Where images@master comes from')
    const head = (await headOf('images')).slice(0, 8)
    const rows = await byId('Lineage__commit').evaluateAll(found => found.map(row => [row.getAttribute('data-relation'), row.querySelector('.jp-Pachyderm-lineageName')?.textContent, row.querySelector('.jp-Pachyderm-commitId')?.textContent]))
    expect(rows).toEqual([['self', 'images@master', head], ['downstream', 'edges@master', head], ['downstream', 'report@master', head]])
    expect(await commitRow('edges@master').innerText()).toContain('pipeline')
    expect(await inspectPanel(stack.page, 'lineage')).toEqual([])
  })

  test('each of its commits is copied, and mounted while the dialog stays', async () => {
    await commitRow('report@master').getByTestId('Lineage__copy').click()
    await expect.poll(() => tab.clipboard()).toBe(await headOf('report'))

    await commitRow('report@master').getByTestId('Lineage__mount').click()

    await commitRow('report@master').getByText('Mounted').waitFor()
    await tab.answer('Close')
    const name = `default_report_${(await headOf('report')).slice(0, 8)}`
    await tab.mount(name).waitFor()
    expect(await exists(join(stack.mountDir, name))).toBe(true)
  })

  test('is told of a mount, walked by keyboard, and leads to the commit among the repos', async () => {
    const { page } = stack
    await page.locator('.pachyderm-publish-tab').click()
    await page.locator('.pachyderm-explore-tab').click()
    await tab.mount(`default_report_${(await headOf('report')).slice(0, 8)}`).getByTestId('ListItem__menu').click()
    await tab.choose('Where the Mount Comes From…')
    await commitRow('images@master').waitFor()

    await page.locator('.jp-Dialog').getByRole('tree').focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')

    await page.locator('.jp-Dialog').waitFor({ state: 'detached' })
    const chosen = page.locator('.jp-Pachyderm-repos .jp-Pachyderm-row[aria-selected="true"]')
    await chosen.getByTestId('ListItem__commitRow').getByText((await headOf('images')).slice(0, 8)).waitFor()
    const label = `images@master=${(await headOf('images')).slice(0, 8)}`
    expect(await chosen.getByTestId('ListItem__mount').getAttribute('title')).toBe(`Mount ${label} to read`)
  })
})

describe('a notebook', () => {
  test('remembers what is mounted when its user says so', async () => {
    const { page } = stack
    await openNotebook(NOTEBOOK)
    await tab.repo('labels').getByTestId('ListItem__mount').click()
    await tab.mount('default_labels').getByText('up to date').waitFor()
    expect(await byId('Pins__note').count()).toBe(0)

    await runCommand(page, 'mount:unmount', { mountName: `default_report_${(await headOf('report')).slice(0, 8)}` })
    await runCommand(page, 'mount:remember-commits')
    await page.locator('.Toastify__toast', { hasText: 'Save it to keep that' }).waitFor()
    await runCommand(page, 'docmanager:save')

    const saved = () => readFile(join(stack.notebookDir, NOTEBOOK), 'utf8').then(text => JSON.parse(text) as { metadata: Record<string, unknown> })
    const pin = { name: 'default_labels', project: 'default', repo: 'labels', branch: 'master', commit: await headOf('labels'), mode: 'ro' }
    await expect.poll(async () => (await saved()).metadata).toMatchObject({ pachyderm_mounts: { version: 'v1.0.0', mounts: [pin] }, pachyderm_pps: { version: 'v1.0.0' } })
  })

  test('another notebook is left alone, and nothing is offered for it', async () => {
    await openNotebook(OTHER)
    await commitFiles(stack.pachd, 'labels', { '/more.txt': 'dog\n' })
    await tab.mount('default_labels').getByText('1 commit behind').waitFor({ timeout: 30_000 })

    await tab.mount('default_labels').getByTestId('ListItem__update').click()
    await tab.mount('default_labels').getByText('up to date').waitFor()

    expect(await byId('Pins__note').count()).toBe(0)
    expect(await readFile(join(stack.notebookDir, OTHER), 'utf8')).toBe(before)
  })

  test('offers to mount what it remembers, and tells that the head has moved', async () => {
    await openNotebook(NOTEBOOK)

    await byId('Pins__note').getByText(`another commit is mounted: ${(await headOf('labels')).slice(0, 8)}`).waitFor()
    expect(await byId('Pins__note').innerText()).toContain(`${NOTEBOOK} remembers commits:`)
    expect(await inspectPanel(stack.page, 'remembered-commits')).toEqual([])
    await byId('Pins__mount').click()

    await byId('Pins__note').waitFor({ state: 'detached' })
    await tab.mount('default_labels').getByText('1 commit behind').waitFor()
    expect(await exists(join(stack.mountDir, 'default_labels/more.txt'))).toBe(false)
    expect(await exists(join(stack.mountDir, 'default_labels/labels.txt'))).toBe(true)
  })

  test('names a commit that pachd does not have any more', async () => {
    const gone = 'f'.repeat(12) + '4' + 'f'.repeat(19)
    const pins = { version: 'v1.0.0', mounts: [{ name: 'lost', project: 'default', repo: 'images', branch: 'master', commit: gone, mode: 'ro' }] }
    const notebook = JSON.parse(before) as { metadata: object }
    await writeFile(join(stack.notebookDir, 'lost.ipynb'), JSON.stringify({ ...notebook, metadata: { ...notebook.metadata, pachyderm_mounts: pins } }))

    await openNotebook('lost.ipynb')

    await byId('Pins__note').getByText('Pachyderm does not have the commit ffffffff any more').waitFor()
    expect(await byId('Pins__mount').count()).toBe(0)
    await byId('Pins__dismiss').click()
    await byId('Pins__note').waitFor({ state: 'detached' })
  })
})

describe('snippets of the settings', () => {
  test('come first in a cell, are chosen from the menu, and one that is broken is named', async () => {
    const { page } = stack
    await openNotebook(OTHER)
    const snippets = [
      { label: 'Broken', pattern: '(', template: '' },
      { label: 'Count lines', pattern: '\\.txt$', template: '!wc -l "{path}"  # {uri}', language: 'python' },
      { label: 'Name it', pattern: '^default_labels/', template: 'name = "{name}"' },
    ]
    await setSetting('snippets', snippets)
    await page.locator('.Toastify__toast', { hasText: 'The snippet “Broken” is not used' }).waitFor()
    const cell = (text: string) => page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .cm-content', { hasText: text })

    await tab.mount('default_labels').getByText('default_labels').click()
    await tab.file('labels.txt').hover()
    await tab.file('labels.txt').getByTestId('Files__insertCode').click()
    await cell(`!wc -l "${join(stack.mountDir, 'default_labels/labels.txt')}"  # default/labels@master:/labels.txt`).waitFor()

    await tab.chooseFile('labels.txt', { button: 'right' })
    await tab.choose('Choose the Code to Insert…')
    const select = page.locator('.jp-Dialog select')
    expect(await select.locator('option').allTextContents()).toEqual(['Count lines', 'Name it', 'The extension’s own code'])
    await select.selectOption('Name it')
    await tab.answer('Insert')

    await cell('name = "labels.txt"').waitFor()
  })
})

/** As the Settings Editor does it. */
async function setSetting(key: string, value: unknown): Promise<void> {
  const text = JSON.stringify({ [key]: value })
  await stack.page.evaluate(async raw => {
    const { jupyterapp } = window as unknown as { jupyterapp: { serviceManager: { settings: { save: (id: string, raw: string) => Promise<void> } } } }
    await jupyterapp.serviceManager.settings.save('jupyterlab-pachyderm:mount', raw)
  }, text)
  await stack.page.reload()
}

test('nothing went wrong in the page meanwhile', () => {
  expect(stack.faults).toEqual([])
})
