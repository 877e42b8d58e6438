/// <reference types="node" />
/** From a cluster in which nothing is to the first commit. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { repoReference } from '@jupyterlab-pachyderm/pachd-client'
import { beforeAll, expect, test } from 'vitest'

import { DataTab } from './data-rows.js'
import { runCommand } from './panel-page.js'
import { startStack, type Stack } from './stack.js'

let stack: Stack
let tab: DataTab
beforeAll(async () => {
  stack = await startStack(() => Promise.resolve())
  tab = new DataTab(stack.page)
  return () => stack.stop()
})

const typeName = (name: string) => stack.page.locator('.jp-Dialog input').fill(name)

test('an empty cluster offers a new repo, which is there to be written', async () => {
  await stack.page.getByTestId('ListItem__firstRepo').click()
  await typeName('forecasts')
  await tab.answer('Make')

  await tab.mount('default_forecasts').getByText('writable').waitFor()
  await stack.page.getByText('This directory is empty').waitFor()
  await tab.repo('forecasts').getByText('No branches').waitFor()
  expect(await tab.repo('forecasts').getByTestId('ListItem__write').isDisabled()).toBe(true)
})

test('its first commit makes the branch', async () => {
  await writeFile(join(stack.mountDir, 'default_forecasts/first.txt'), 'one')
  await tab.file('first.txt').waitFor()

  await tab.mount('default_forecasts').getByTestId('ListItem__commit').click()
  await tab.answer('Commit')

  await tab.mount('default_forecasts').getByText('up to date').waitFor()
  const { branches } = await stack.pachd.pfs.inspectRepo({ repo: repoReference({ name: 'forecasts' }) })
  expect(branches.map(({ name }) => name)).toEqual(['master'])
  await runCommand(stack.page, 'mount:refresh')
  await tab.repo('forecasts').getByTestId('ListItem__mount').waitFor()
})

test('a name that pachd does not take is told', async () => {
  await stack.page.getByTestId('ListItem__newRepo').click()
  await typeName('not a name')
  await tab.answer('Make')

  await stack.page.locator('.Toastify__toast', { hasText: '"not a name" cannot be the name of a repo' }).waitFor()
})

test('a repo that somebody else made is written by one click', async () => {
  await stack.pachd.pfs.createRepo({ repo: repoReference({ name: 'plans' }) })
  await runCommand(stack.page, 'mount:refresh')

  await tab.repo('plans').getByTestId('ListItem__write').click()

  await tab.mount('default_plans').getByText('writable').waitFor()
})

test('nothing went wrong in the page meanwhile', () => {
  expect(stack.faults).toEqual([])
})
