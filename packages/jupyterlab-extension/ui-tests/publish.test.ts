/// <reference types="node" />
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { beforeAll, expect, test } from 'vitest'

import { seedRepo, startStack, type Stack } from './stack.js'

const PYTHON = join(import.meta.dirname, '../../../.venv/bin/python')
const NOTEBOOKS = join(import.meta.dirname, '../tests/notebooks')
const OLD = 'written-by-2.8.ipynb'
const PLAIN = 'plain.ipynb'

let stack: Stack
let before: Record<string, string>
beforeAll(async () => {
  stack = await startStack(pachd => seedRepo(pachd, 'sales', { '/january.csv': 'city,amount\nParis,10\n' }))
  const { stdout } = await promisify(execFile)(PYTHON, ['-c', 'import platform; print(platform.python_version(), end="")'])
  // JupyterLab writes the version of the kernel into a notebook that was run by another one.
  const old = (await readFile(join(NOTEBOOKS, OLD), 'utf8')).replace(/"version": "3[.\d]+"/, `"version": "${stdout}"`)
  const notebook = JSON.parse(old) as { metadata: Record<string, unknown> }
  const plain = JSON.stringify({ ...notebook, metadata: { ...notebook.metadata, pachyderm_pps: undefined } }, undefined, 1) + '\n'
  before = { [OLD]: old, [PLAIN]: plain }
  for (const [name, text] of Object.entries(before)) await writeFile(join(stack.notebookDir, name), text)
  await writeFile(join(stack.notebookDir, 'requirements.txt'), 'numpy\n')
  return () => stack.stop()
})

const onDisk = (name: string) => readFile(join(stack.notebookDir, name), 'utf8')
const field = (name: string) => stack.page.getByTestId(`Pipeline__${name}`)
const tabOf = (name: string) => stack.page.locator('.lm-DockPanel-tabBar .lm-TabBar-tab', { hasText: name })
const dirtyTabs = () => stack.page.locator('.lm-DockPanel-tabBar .lm-TabBar-tab.jp-mod-dirty').count()
const pipeline = (name: string) => stack.pachd.pps.inspectPipeline({ pipeline: { project: { name: 'default' }, name }, details: true })

async function open(name: string): Promise<void> {
  const { page } = stack
  await page.locator('.jp-SideBar [data-id="filebrowser"]').click()
  await page.locator('.jp-DirListing-item', { hasText: name }).dblclick()
  await page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor({ timeout: 60_000 })
  await page.locator('.jp-SideBar [data-id="pachyderm-mount"]').click()
  await field('currentNotebookValue').getByText(name).waitFor()
}

test('without a notebook it asks for one', async () => {
  await stack.page.locator('.pachyderm-publish-tab').click()

  await stack.page.getByText('Open a notebook to create a pipeline').waitFor()
})

test('what the original wrote into a notebook is shown', async () => {
  await open(OLD)

  await expect.poll(() => field('inputPipelineName').inputValue()).toBe('old-eight')
  await expect.poll(() => field('inputPipelineProjectName').inputValue()).toBe('default')
  await expect.poll(() => field('inputPort').inputValue()).toBe('8888')
  await expect.poll(() => field('gpuMode').inputValue()).toBe('Simple')
  expect(await field('inputSpecInput').locator('.cm-line').allTextContents()).toEqual(['pfs:', '  name: default_sales', '  repo: sales', '  glob: /*', ''])
})

test('moving between notebooks with and without a pipeline changes neither of them', async () => {
  await open(PLAIN)
  await expect.poll(() => field('inputPipelineName').inputValue()).toBe('')
  await expect.poll(() => field('inputImageName').inputValue()).toBe('python:3.10')

  for (const name of [OLD, PLAIN, OLD, PLAIN]) {
    await tabOf(name).click()
    await field('currentNotebookValue').getByText(name).waitFor()
  }

  expect(await dirtyTabs()).toBe(0)
  expect({ [OLD]: await onDisk(OLD), [PLAIN]: await onDisk(PLAIN) }).toEqual(before)
})

test('each field has its name, and what is wrong is read with it', async () => {
  const { page } = stack
  await page.getByLabel('Port:').fill('http')
  await page.getByLabel('*Pipeline Name:').fill('my sums')
  await page.getByLabel('*Container Image Name:').focus()

  await page.getByText('A port is a number from 1 to 65535.').waitFor()
  const name = page.getByLabel('*Pipeline Name:')
  expect(await name.getAttribute('aria-invalid')).toBe('true')
  const problem = await name.getAttribute('aria-describedby')
  expect(await page.locator(`[id="${problem ?? ''}"]`).innerText()).toContain('Only letters, digits, underscores and dashes')
})

test('what cannot be published is not sent', async () => {
  const { page } = stack
  const sent: string[] = []
  page.on('request', request => sent.push(request.url()))

  await field('create_pipeline').click()

  await field('errorMessage').getByText('Nothing was sent yet').waitFor()
  await page.getByText('Say what the pipeline reads.').waitFor()
  expect(sent.filter(url => url.includes('/pps/'))).toEqual([])
})

test('the spec is previewed as the server makes it, follows the fields, and can be copied; nothing is saved', async () => {
  const { page } = stack
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  await field('inputPipelineName').fill('sums')
  await field('inputPort').fill('')
  await field('inputSpecInput').fill('pfs:\n  repo: sales\n  glob: /*')

  await field('preview').click()
  await field('specPreview').getByText('repo: sums__context').waitFor()
  await field('gpuMode').selectOption('Simple')
  await field('specPreview').getByText('type: nvidia.com/gpu').waitFor()
  await field('copySpec').click()

  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain('name: sums__context')
  expect(await onDisk(PLAIN)).toBe(before[PLAIN])
})

test('publishing makes the pipeline, and says that this pachd does not run it', async () => {
  await field('create_pipeline').click()

  await field('responseMessage').getByText('The pipeline was created, but it does not run:').waitFor({ timeout: 60_000 })
  expect(await field('state').innerText()).toBe('State: paused')
  const { version, details } = await pipeline('sums')
  expect([version, details?.transform?.image, details?.resourceLimits?.gpu?.number]).toEqual([1, 'python:3.10', 1])
  expect(JSON.parse(await onDisk(PLAIN))).toMatchObject({ metadata: { pachyderm_pps: { version: 'v1.0.0', config: { pipeline: { name: 'sums' }, image: 'python:3.10', gpu_mode: 'Simple' } } } })
})

test('the result is there again when the notebook has the focus again', async () => {
  await tabOf(OLD).click()
  await field('currentNotebookValue').getByText(OLD).waitFor()
  expect(await field('responseMessage').count()).toBe(0)

  await tabOf(PLAIN).click()

  await field('responseMessage').getByText('it does not run').waitFor()
})

test('a pipeline that is there is replaced only after its user has seen what changes', async () => {
  const { page } = stack
  await field('inputImageName').fill('python:3.12')

  await field('create_pipeline').click()
  const difference = page.getByTestId('Pipeline__difference')
  await difference.waitFor()
  expect(await difference.locator('[data-change="removed"], [data-change="added"]').allInnerTexts()).toEqual(['-   image: python:3.10\n', '+   image: python:3.12\n'])
  await page.locator('.jp-Dialog .jp-mod-reject').click()
  await page.locator('.jp-Dialog').waitFor({ state: 'detached' })
  expect((await pipeline('sums')).version).toBe(1)

  await field('create_pipeline').click()
  await difference.waitFor()
  await page.locator('.jp-Dialog .jp-mod-accept', { hasText: 'Replace' }).click()
  await field('responseMessage').waitFor({ timeout: 60_000 })

  expect(await pipeline('sums')).toMatchObject({ version: 2, details: { transform: { image: 'python:3.12' } } })
})

test('a notebook of the original is published, and is byte for byte as it was', async () => {
  await tabOf(OLD).click()
  await field('currentNotebookValue').getByText(OLD).waitFor()

  await field('create_pipeline').click()

  await field('responseMessage').waitFor({ timeout: 60_000 })
  expect((await pipeline('old-eight')).details?.service).toMatchObject({ internalPort: 8888 })
  expect(await onDisk(OLD)).toBe(before[OLD])
})

test('the default image follows the settings at once', async () => {
  const { page } = stack
  await writeFile(join(stack.notebookDir, 'fresh.ipynb'), before[PLAIN] ?? '')
  await open('fresh.ipynb')
  await page.keyboard.press('Control+,')
  await page.locator('.jp-PluginList').getByText('Pachyderm', { exact: true }).click()
  await page.locator('[id$="_defaultPipelineImage"]').fill('ours.example.com/base:1')

  await tabOf('fresh.ipynb').click()

  await expect.poll(() => field('inputImageName').inputValue(), { timeout: 30_000 }).toBe('ours.example.com/base:1')
  expect(await dirtyTabs()).toBe(0)
})

test('nothing went wrong in the page meanwhile', () => {
  expect(stack.faults).toEqual([])
})
