/// <reference types="node" />
import { join } from 'node:path'

import { branchReference, repoReference } from '@jupyterlab-pachyderm/pachd-client'
import { beforeAll, describe, expect, test } from 'vitest'

import { DataTab } from './data-rows.js'
import { commitFiles, exists, seedRepo, startStack, type Stack } from './stack.js'

let stack: Stack
let tab: DataTab
beforeAll(async () => {
  stack = await startStack(async pachd => {
    await seedRepo(pachd, 'images', { '/liberty.png': 'liberty' })
    await pachd.pfs.createRepo({ repo: repoReference({ name: 'hollow' }) })
    await seedRepo(pachd, 'sales', { '/january.csv': 'city,amount\nParis,10\n' })
    const branch = branchReference({ repo: 'images', branch: 'branch' })
    const commit = await pachd.pfs.startCommit({ branch, description: 'another picture' })
    await pachd.pfs.modifyFile([{ body: { $case: 'setCommit', setCommit: commit } }, { body: { $case: 'addFile', addFile: { path: '/branch.png', source: { $case: 'raw', raw: Buffer.from('branch') } } } }])
    await pachd.pfs.finishCommit({ commit })
    await pachd.pfs.createProject({ project: { name: 'vision' } })
    await pachd.pfs.createRepo({ repo: repoReference({ project: 'vision', name: 'models' }) })
    await pachd.pfs.createBranch({ branch: branchReference({ project: 'vision', repo: 'models', branch: 'v2' }) })
  })
  tab = new DataTab(stack.page)
  await stack.page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  return () => stack.stop()
})

const shown = () => stack.page.locator('.jp-Pachyderm-files .jp-Pachyderm-row .jp-Pachyderm-name').allTextContents()

describe('mount', () => {
  test('should mount and unmount pachyderm repos', async () => {
    await tab.repo('images').getByTestId('ListItem__mount').click()
    await tab.mount('default_images').getByText('up to date').waitFor()
    expect(await exists(join(stack.mountDir, 'default_images/liberty.png'))).toBe(true)

    await tab.mount('default_images').getByTestId('ListItem__unmount').click()
    await tab.mount('default_images').waitFor({ state: 'detached' })
    await stack.page.getByText('Nothing is mounted').waitFor()

    await tab.repo('images').getByTestId('ListItem__mount').click()
    await tab.mount('default_images').waitFor()
  })

  test('should open mounted directory in the file browser on click', async () => {
    await tab.mount('default_images').getByText('default_images').click()

    await expect.poll(shown).toEqual(['liberty.png'])
  })

  test('file browser should show correct breadcrumbs', async () => {
    expect(await stack.page.getByRole('navigation', { name: 'Directory' }).innerText()).toBe('default_images')
  })

  test('should correctly mount a repo’s branch', async () => {
    await tab.repo('images').getByText('images').click()
    await tab.repo('branch').getByTestId('ListItem__mount').click()

    await tab.mount('default_images_branch').getByText('up to date').waitFor()
    await expect.poll(shown).toEqual(['branch.png'])
    expect(await tab.mount('default_images').count()).toBe(1)
  })

  test('file browser should show correct right click actions', async () => {
    await tab.chooseFile('branch.png', { button: 'right' })

    expect(await tab.menuLabels()).toEqual(['Open Mounted File', 'Insert Code That Reads the File', 'Copy Path', 'Copy Pachyderm File URI', 'Download to This Computer', 'Copy to Jupyter’s Files'])
  })

  test('the path and the URI that are copied are right', async () => {
    await tab.choose('Copy Path')
    await expect.poll(() => tab.clipboard()).toBe(join(stack.mountDir, 'default_images_branch/branch.png'))

    await tab.chooseFile('branch.png', { button: 'right' })
    await tab.choose('Copy Pachyderm File URI')
    await expect.poll(() => tab.clipboard()).toBe('default/images@branch:/branch.png')

    await tab.mount('default_images_branch').getByTestId('ListItem__menu').click()
    await tab.choose('Copy Mounted URI')
    await expect.poll(() => tab.clipboard()).toMatch(/^default\/images@branch=[0-9a-f]{32}$/)
  })
})

describe('the tree of repos', () => {
  test('says which repo has no branches, and finds by words', async () => {
    expect(await tab.repo('hollow').getByTestId('ListItem__noBranches').textContent()).toBe('No branches')

    await stack.page.getByRole('searchbox', { name: 'Search repos and branches' }).fill('vis mod')
    await expect.poll(() => stack.page.locator('.jp-Pachyderm-repos .jp-Pachyderm-name').allTextContents()).toEqual(['vision', 'models'])
    await stack.page.getByRole('searchbox', { name: 'Search repos and branches' }).fill('')
  })

  test('shows one project, and all', async () => {
    await stack.page.getByTestId('ProjectList__select').selectOption('vision')
    await expect.poll(() => stack.page.locator('.jp-Pachyderm-repos .jp-Pachyderm-name').allTextContents()).toEqual(['vision', 'models'])

    await stack.page.getByTestId('ProjectList__select').selectOption('')
    await tab.repo('images').waitFor()
  })

  test('shows the commits of a branch with their messages', async () => {
    await tab.repo('branch').getByTestId('ListItem__branch').click()

    await stack.page.getByTestId('ListItem__commitRow').getByText('another picture').waitFor()
  })

  test('is walked and opened by keyboard alone', async () => {
    const tree = stack.page.getByRole('tree', { name: 'Repositories' })
    await tab.repo('sales').locator('.jp-Pachyderm-name').click()
    await tab.repo('master').nth(1).waitFor()
    await tree.focus()
    await stack.page.keyboard.press('ArrowDown')
    expect(await tree.getByRole('treeitem', { selected: true }).locator('.jp-Pachyderm-name').textContent()).toBe('master')

    await stack.page.keyboard.press('ArrowRight')
    await expect.poll(() => stack.page.getByTestId('ListItem__commitRow').count()).toBe(2)
    await stack.page.keyboard.press('ArrowDown')
    await stack.page.keyboard.press('Shift+F10')

    expect(await tab.menuLabels()).toContain('Mount to Read')
    expect(await tab.menuLabels()).not.toContain('Mount to Write')
    await stack.page.keyboard.press('Escape')
  })
})

describe('a branch that moves', () => {
  test('a commit of it is mounted, and stays what it is', async () => {
    const rows = stack.page.getByTestId('ListItem__commitRow')
    const id = (await rows.last().locator('.jp-Pachyderm-commitId').textContent()) ?? ''
    await rows.last().getByTestId('ListItem__mount').click()
    await tab.mount(`default_sales_${id}`).getByText('up to date').waitFor()

    await commitFiles(stack.pachd, 'sales', { '/february.csv': 'city,amount\nOslo,7\n' })

    await tab.mount(`default_sales_${id}`).getByText('1 commit behind').waitFor({ timeout: 30_000 })
    expect(await tab.mount(`default_sales_${id}`).getByTestId('ListItem__update').count()).toBe(0)
    expect(await exists(join(stack.mountDir, `default_sales_${id}`, 'february.csv'))).toBe(false)
  })

  test('what is new on it is shown before an update', async () => {
    await tab.mountBy('sales', 'Mount under Another Name…')
    await stack.page.locator('.jp-Dialog input').fill('shop')
    await tab.answer('Mount')
    await tab.mount('shop').getByText('up to date').waitFor()
    await commitFiles(stack.pachd, 'sales', { '/march.csv': 'city,amount\nRome,3\n' })
    await tab.mount('shop').getByText('1 commit behind').click()

    await expect.poll(() => stack.page.getByTestId('Changes__list').locator('.jp-Pachyderm-name').allTextContents()).toEqual(['/march.csv'])
    await tab.answer('Update')

    await tab.mount('shop').getByText('up to date').waitFor()
    await tab.file('march.csv').waitFor()
  })

  test('a mount that follows shows the new commit by itself', async () => {
    await tab.mount('shop').getByTestId('ListItem__menu').click()
    await tab.choose('Follow the Branch')
    await tab.mount('shop').getByText('follows').waitFor()

    await commitFiles(stack.pachd, 'sales', { '/april.csv': 'city,amount\nRome,3\n' })

    await tab.file('april.csv').waitFor({ timeout: 30_000 })
    await tab.mount('shop').getByText('up to date').waitFor()
  })
})

test('nothing went wrong in the page meanwhile', () => {
  expect(stack.faults).toEqual([])
})
