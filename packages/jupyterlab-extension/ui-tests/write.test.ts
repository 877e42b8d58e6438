/// <reference types="node" />
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { branchReference } from '@jupyterlab-pachyderm/pachd-client'
import type { Locator } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'

import { DataTab } from './data-rows.js'
import { exists, seedRepo, startStack, type Stack } from './stack.js'

let stack: Stack
let tab: DataTab
beforeAll(async () => {
  stack = await startStack(async pachd => {
    await seedRepo(pachd, 'results', { '/readme.txt': 'results go here\n', '/old.csv': 'n\n1\n' })
  })
  tab = new DataTab(stack.page)
  return () => stack.stop()
})

const out = (path = '') => join(stack.mountDir, 'default_results', path)
const mount = () => tab.mount('default_results')
const uncommitted = () => mount().getByTestId('ListItem__uncommitted')
const changes = () => stack.page.getByTestId('Changes__list').locator('.jp-Pachyderm-change')
const upload = async (...files: { name: string; mimeType: string; buffer: Buffer }[]) => {
  const chosen = stack.page.waitForEvent('filechooser')
  await stack.page.getByTestId('Files__upload').click()
  await (await chosen).setFiles(files)
}
const text = (name: string, content: string) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(content) })

/** Drops a file of the computer onto an element, as a browser does. */
async function drop(target: Locator, name: string, content: string): Promise<void> {
  const transfer = await stack.page.evaluateHandle(
    ([fileName, fileContent]) => {
      const data = new DataTransfer()
      data.items.add(new File([fileContent], fileName))
      return data
    },
    [name, content] as const,
  )
  for (const type of ['dragenter', 'dragover', 'drop']) await target.dispatchEvent(type, { dataTransfer: transfer })
}

async function headOf(branch: string): Promise<{ message: string; names: string[] }> {
  const reference = branchReference({ repo: 'results', branch })
  const { head } = await stack.pachd.pfs.inspectBranch({ branch: reference })
  const info = await stack.pachd.pfs.inspectCommit({ commit: head, wait: 'FINISHED' })
  const names: string[] = []
  for await (const { file } of stack.pachd.pfs.listFile({ file: { commit: info.commit, path: '/', datum: '' } })) names.push(file?.path ?? '')
  return { message: info.description, names }
}

describe('a mount to write', () => {
  test('is made from the menu of a repo, and can be written here', async () => {
    await tab.mountBy('results', 'Mount to Write')

    await mount().getByText('writable').waitFor()
    await stack.page.getByTestId('Files__upload').waitFor()
  })

  test('a file is uploaded by button, and counted as not committed', async () => {
    await upload(text('new.txt', 'from here'))

    await tab.file('new.txt').waitFor()
    await uncommitted().waitFor({ timeout: 30_000 })
    expect(await uncommitted().textContent()).toBe('±1')
    expect(await exists(out('new.txt'))).toBe(true)
  })

  test('a file is uploaded by drag and drop', async () => {
    await drop(stack.page.locator('.jp-Pachyderm-files'), 'dropped.txt', 'from outside')

    await tab.file('dropped.txt').waitFor()
  })

  test('a file that exists is replaced only when the user says so', async () => {
    await upload(text('readme.txt', 'other words'))
    await stack.page.getByTestId('Files__uploads').getByText('default_results/readme.txt').waitFor()

    await stack.page.getByTestId('Files__keep').click()
    await stack.page.getByTestId('Files__uploads').waitFor({ state: 'detached' })
    expect(await sizeOf('readme.txt')).toBe('16 B')

    await upload(text('readme.txt', 'other words'))
    await stack.page.getByTestId('Files__replace').click()
    await expect.poll(() => sizeOf('readme.txt')).toBe('11 B')
  })

  test('a folder is made, and shown when it is opened', async () => {
    await stack.page.getByTestId('Files__newFolder').click()
    await stack.page.locator('.jp-Dialog input').fill('plots')
    await tab.answer('Make')

    await tab.open('plots')
    await stack.page.getByText('This directory is empty').waitFor()
    await stack.page.getByRole('navigation', { name: 'Directory' }).getByText('default_results').click()
    await tab.file('old.csv').waitFor()
  })

  test('what is chosen is deleted when that is confirmed', async () => {
    await tab.chooseFile('old.csv')
    await stack.page.keyboard.press('Delete')
    await tab.answer('Delete')

    await tab.file('old.csv').waitFor({ state: 'detached' })
    expect(await exists(out('old.csv'))).toBe(false)
  })

  test('what a notebook writes appears by itself', async () => {
    await writeFile(out('written.txt'), 'by a program')

    await tab.file('written.txt').waitFor({ timeout: 30_000 })
  })
})

describe('what is not committed', () => {
  test('is listed with what happened to each file', async () => {
    await mount().getByTestId('ListItem__commit').click()

    await expect.poll(() => changes().evaluateAll(rows => rows.map(row => `${row.getAttribute('data-change') ?? ''} ${row.querySelector('.jp-Pachyderm-name')?.textContent ?? ''}`))).toEqual([
      'added /dropped.txt', 'added /new.txt', 'deleted /old.csv', 'changed /readme.txt', 'added /written.txt',
    ])
  })

  test('is thrown away file by file', async () => {
    await changes().filter({ hasText: '/old.csv' }).getByTestId('Changes__discard').click()
    await stack.page.getByTestId('Changes__confirmDiscard').click()

    await expect.poll(() => changes().count()).toBe(4)
    expect(await exists(out('old.csv'))).toBe(true)
  })

  test('becomes a commit with a message', async () => {
    await stack.page.getByTestId('Commit__message').fill('first results')
    await tab.answer('Commit')

    await uncommitted().waitFor({ state: 'detached' })
    await mount().getByText('up to date').waitFor()
    expect(await headOf('master')).toEqual({ message: 'first results', names: ['/dropped.txt', '/new.txt', '/old.csv', '/readme.txt', '/written.txt'] })
  })

  test('stays when a commit is refused, with the message for the next try', async () => {
    const opened = await stack.pachd.pfs.startCommit({ branch: branchReference({ repo: 'results', branch: 'master' }) })
    await upload(text('more.txt', 'more'))
    await uncommitted().click()
    await stack.page.getByTestId('Commit__message').fill('more results')
    await tab.answer('Commit')
    await mount().getByRole('alert').waitFor({ timeout: 60_000 })
    expect(await exists(out('more.txt'))).toBe(true)

    await stack.pachd.pfs.finishCommit({ commit: opened })
    await mount().getByTestId('ListItem__commit').click()
    expect(await stack.page.getByTestId('Commit__message').inputValue()).toBe('more results')
    await tab.answer('Commit')

    await uncommitted().waitFor({ state: 'detached' })
    await expect.poll(async () => (await headOf('master')).message).toBe('more results')
    expect(await mount().getByRole('alert').count()).toBe(0)
  })

  test('is thrown away as a whole when that is confirmed', async () => {
    await upload(text('mistake.txt', 'no'))
    await uncommitted().waitFor({ timeout: 30_000 })

    await mount().getByTestId('ListItem__menu').click()
    await tab.choose('Discard All Changes…')
    await tab.answer('Discard all')

    await tab.file('mistake.txt').waitFor({ state: 'detached' })
    await uncommitted().waitFor({ state: 'detached' })
    expect(await exists(out('mistake.txt'))).toBe(false)
  })

  test('is asked about before an unmount, which can be given up', async () => {
    await upload(text('draft.txt', 'not yet'))
    await tab.file('draft.txt').waitFor()
    await mount().getByTestId('ListItem__unmount').click()
    await stack.page.locator('.jp-Dialog', { hasText: 'A changed file is not committed to results@master.' }).waitFor()
    await tab.answer('Cancel')
    expect(await exists(out('draft.txt'))).toBe(true)

    await mount().getByTestId('ListItem__unmount').click()
    await tab.answer('Discard and unmount')

    await stack.page.getByText('Nothing is mounted').waitFor()
    expect((await headOf('master')).names).not.toContain('/draft.txt')
  })
})

test('nothing went wrong in the page meanwhile', () => {
  expect(stack.faults).toEqual([])
})

function sizeOf(name: string): Promise<string | null> {
  return tab.file(name).locator('.jp-Pachyderm-size').textContent()
}
