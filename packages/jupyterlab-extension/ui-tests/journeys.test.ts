/// <reference types="node" />
/** How many clicks people need for what they come for; docs/newcomers-walk.md lists them, and tools/walk times them. */
import { join } from 'node:path'

import { beforeAll, expect, test } from 'vitest'

import { DataTab } from './data-rows.js'
import { leaveDatums, mountFirstCommit, mountRepo, openPanel, publish, readTable, runCell, startNotebook, tryDatums, writeBack } from './journeys.js'
import { commitFiles, exists, seedRepo, startStack, type Stack } from './stack.js'
import { clicksOf, Walk } from './walk.js'

let stack: Stack
let walk: Walk
beforeAll(async () => {
  stack = await startStack(async pachd => {
    await seedRepo(pachd, 'sales', { '/january.csv': 'city,amount\nParis,10\nRome,32\n' })
    await commitFiles(pachd, 'sales', { '/february.csv': 'city,amount\nOslo,7\n' })
    await seedRepo(pachd, 'results', { '/readme.txt': 'results go here\n' })
  })
  const page = await stack.browser.newPage({ viewport: { width: 1280, height: 800 } })
  page.on('pageerror', error => stack.faults.push(error.message))
  await page.goto(stack.pageUrl('lab/workspaces/newcomer'))
  walk = new Walk(page)
  return () => stack.stop()
})

test('with a config file there, the panel that is opened shows the data', async () => {
  await startNotebook(walk)

  const opened = await openPanel(walk, new DataTab(walk.page).repo('sales'))

  expect(opened.acts).toEqual([{ text: 'click “Pachyderm Mount”', clicks: 1 }])
})

test('a repo is found and mounted with two clicks', async () => {
  const step = await mountRepo(walk, 'sales')

  expect(clicksOf(step)).toBe(2)
  expect(await exists(join(stack.mountDir, 'default_sales/january.csv'))).toBe(true)
})

test('a table is in a cell with one click, which runs with another', async () => {
  const step = await readTable(walk, 'january.csv')

  const ran = await runCell(walk, 'Rome')

  expect([clicksOf(step), clicksOf(ran)]).toEqual([1, 1])
})

test('a datum of what is mounted is tried with two clicks, and the next with a third', async () => {
  const step = await tryDatums(walk)

  expect(clicksOf(step)).toBe(3)
})

test('the notebook is published over the tried input, and nothing but its name is typed', async () => {
  const step = await publish(walk, 'sums')

  expect(clicksOf(step)).toBe(5)
  expect(step.acts.filter(({ text }) => text.includes(' type '))).toHaveLength(1)
  await leaveDatums(walk, 'default_sales')
})

test('the data of an older commit is mounted with three clicks, beside the newest', async () => {
  const step = await mountFirstCommit(walk, 'sales')

  expect(clicksOf(step)).toBe(3)
  expect(await exists(join(stack.mountDir, 'default_sales/february.csv'))).toBe(true)
})

test('a result is written back with five clicks and one into the cell', async () => {
  const step = await writeBack(walk, 'results', `df.to_csv("${join(stack.mountDir, 'default_results/totals.csv')}")`)

  expect(clicksOf(step)).toBe(6)
})

test('nothing went wrong in the page meanwhile', () => {
  expect(stack.faults).toEqual([])
})
