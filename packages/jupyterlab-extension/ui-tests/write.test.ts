/// <reference types="node" />
import { readFile, utimes, writeFile } from 'node:fs/promises'
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
const newFolder = async (name: string) => {
  await stack.page.getByTestId('Files__newFolder').click()
  await stack.page.locator('.jp-Dialog input').fill(name)
  await tab.answer('Make')
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
    await newFolder('plots')

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
    await changes().filter({ hasText: '/old.csv' }).getByTestId('Changes__discard').press('Enter')
    await stack.page.getByTestId('Changes__confirmDiscard').press('Enter')

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

describe('a document of a mount to write', () => {
  test('is edited and saved, which is a change that is not committed', async () => {
    await tab.mountBy('results', 'Mount to Write')
    await tab.open('readme.txt')
    await typeInto('readme.txt', 'edited here')
    await dirtyTab('readme.txt').waitFor()

    await stack.page.keyboard.press('Control+s')

    await uncommitted().waitFor({ timeout: 30_000 })
    expect(await uncommitted().textContent()).toBe('±1')
    await dirtyTab('readme.txt').waitFor({ state: 'detached' })
    expect(await readFile(out('readme.txt'), 'utf8')).toBe('edited here')
  })

  test('is saved again after a commit without a question', async () => {
    await mount().getByTestId('ListItem__commit').click()
    await stack.page.getByTestId('Commit__message').fill('edited')
    await tab.answer('Commit')
    await uncommitted().waitFor({ state: 'detached' })

    await typeInto('readme.txt', 'edited once more')
    await stack.page.keyboard.press('Control+s')

    await expect.poll(() => readFile(out('readme.txt'), 'utf8')).toBe('edited once more')
    await dirtyTab('readme.txt').waitFor({ state: 'detached' })
    expect(await stack.page.locator('.jp-Dialog').count()).toBe(0)
  })

  test('that somebody else has changed meanwhile is not overwritten unasked', async () => {
    await writeFile(out('readme.txt'), 'by a program')
    const later = new Date(Date.now() + 60_000)
    await utimes(out('readme.txt'), later, later)
    await typeInto('readme.txt', 'mine')
    await stack.page.keyboard.press('Control+s')
    await stack.page.locator('.jp-Dialog', { hasText: 'has changed on disk' }).waitFor()
    await tab.answer('Revert')

    await editor('readme.txt').getByText('by a program').waitFor()
    expect(await readFile(out('readme.txt'), 'utf8')).toBe('by a program')
  })

  test('goes on under its new name when the file is renamed by F2', async () => {
    await tab.chooseFile('readme.txt')
    await stack.page.keyboard.press('F2')
    const name = stack.page.locator('.jp-Dialog input')
    await expect.poll(() => name.evaluate((input: HTMLInputElement) => input.value.slice(input.selectionStart ?? 0, input.selectionEnd ?? 0))).toBe('readme')
    await stack.page.keyboard.type('notes')
    await tab.answer('Rename')

    await tab.file('notes.txt').waitFor()
    await tab.file('readme.txt').waitFor({ state: 'detached' })
    await documentTab('notes.txt').waitFor()
    expect([await exists(out('notes.txt')), await exists(out('readme.txt'))]).toEqual([true, false])
  })

  test('is made under a name, and is open at once', async () => {
    await tab.chooseFile('notes.txt', { button: 'right' })
    await tab.choose('New File…')
    await stack.page.locator('.jp-Dialog input').fill('ideas.txt')
    await tab.answer('Make')

    await tab.file('ideas.txt').waitFor()
    await documentTab('ideas.txt').waitFor()
    expect(await readFile(out('ideas.txt'), 'utf8')).toBe('')
  })

  test('keeps its name when another file has the new one, and it is said so', async () => {
    await tab.chooseFile('ideas.txt')
    await stack.page.keyboard.press('F2')
    await stack.page.locator('.jp-Dialog input').fill('notes.txt')
    await tab.answer('Rename')

    await stack.page.locator('.Toastify__toast', { hasText: 'default_results/ideas.txt could not be renamed' }).getByText('already exists').waitFor()
    expect([await exists(out('ideas.txt')), await readFile(out('notes.txt'), 'utf8')]).toEqual([true, 'by a program'])
  })

  test('is moved to a folder with others that are chosen', async () => {
    await newFolder('kept')
    await tab.file('kept').waitFor()
    await tab.chooseFile('notes.txt')
    await tab.chooseFile('ideas.txt', { modifiers: ['Control'] })
    await tab.chooseFile('ideas.txt', { button: 'right' })
    await tab.choose('Move to Folder…')
    await stack.page.locator('.jp-Dialog input').fill('/kept')
    await tab.answer('Move')

    await tab.file('notes.txt').waitFor({ state: 'detached' })
    await tab.file('ideas.txt').waitFor({ state: 'detached' })
    expect([await exists(out('kept/notes.txt')), await exists(out('kept/ideas.txt'))]).toEqual([true, true])
  })

  test('stays unsaved where it cannot be saved any more, and it is said why', async () => {
    await documentTab('notes.txt').click()
    await typeInto('notes.txt', 'too late')
    await mount().getByTestId('ListItem__unmount').click()
    await tab.answer('Discard and unmount')
    await stack.page.getByText('Nothing is mounted').waitFor()

    await documentTab('notes.txt').click()
    await editor('notes.txt').click()
    await stack.page.keyboard.press('Control+s')

    await stack.page.locator('.jp-Dialog', { hasText: 'nothing is mounted at' }).waitFor()
    await stack.page.locator('.jp-Dialog button').last().click()
    await dirtyTab('notes.txt').waitFor()
    expect(await editor('notes.txt').textContent()).toBe('too late')
  })

  test('of a mount to read is read-only', async () => {
    await tab.mountBy('results', 'Mount to Read')
    await tab.open('written.txt')
    await documentTab('written.txt').waitFor()

    await stack.page.getByText('file is read-only').waitFor()
    expect(await editor('written.txt').textContent()).toBe('by a program')
  })
})

test('nothing went wrong in the page meanwhile', () => {
  // JupyterLab shows a dialog of a save that fails, and leaves its promise to nobody.
  expect(stack.faults.filter(fault => fault !== "nothing is mounted at 'default_results'")).toEqual([])
})

function sizeOf(name: string): Promise<string | null> {
  return tab.file(name).locator('.jp-Pachyderm-size').textContent()
}

function documentTab(name: string): Locator {
  return stack.page.locator('#jp-main-dock-panel .lm-TabBar-tab', { hasText: name })
}

/** The tab of a document with changes that are not saved. */
function dirtyTab(name: string): Locator {
  return stack.page.locator('#jp-main-dock-panel .lm-TabBar-tab.jp-mod-dirty', { hasText: name })
}

/** The text of the editor that is in front; its tab has this name. */
function editor(name: string): Locator {
  return stack.page.locator('#jp-main-dock-panel', { has: stack.page.locator('.lm-TabBar-tab.lm-mod-current', { hasText: name }) }).locator('.cm-content:visible')
}

/** Types in the place of all of its text. */
async function typeInto(name: string, content: string): Promise<void> {
  await editor(name).click()
  await stack.page.keyboard.press('Control+a')
  await stack.page.keyboard.type(content)
}
