/** Two pages of one Jupyter, and a page that loses its network. */
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'

import { DataTab } from './data-rows.js'
import { openPanel } from './panel-page.js'
import { seedRepo, startStack, type Stack } from './stack.js'

let stack: Stack
let here: DataTab
let there: DataTab
/** Of all that a page of its own asks for, from its first request on. */
const origins = new Set<string>()
beforeAll(async () => {
  stack = await startStack(pachd => seedRepo(pachd, 'sales', { '/notes.txt': 'from the shops\n' }))
  here = new DataTab(stack.page)
  const context = await stack.browser.newContext()
  context.on('request', request => origins.add(new URL(request.url()).origin))
  const other = await openPanel(context, stack.pageUrl('lab/workspaces/other'), stack.faults, { width: 1280, height: 800 })
  there = new DataTab(other)
  return () => stack.stop()
})

const connection = (page: Page, status: string) => page.locator(`.jp-Pachyderm-header [data-status="${status}"]`).waitFor({ timeout: 60_000 })

test('what one page mounts is there in the other', async () => {
  await here.repo('sales').getByTestId('ListItem__mount').click()

  await there.mount('default_sales').getByText('up to date').waitFor()
  expect(await there.file('notes.txt').count()).toBe(0)
})

test('what is unmounted in the other page is gone here, with its files', async () => {
  await here.file('notes.txt').waitFor()

  await there.mount('default_sales').getByTestId('ListItem__unmount').click()

  await here.mount('default_sales').waitFor({ state: 'detached' })
  await here.page.getByText('No mount chosen').waitFor()
})

test('without a network the page says that Jupyter does not answer, keeps what is typed, and finds back by itself', async () => {
  const { page } = there
  await page.getByTestId('Config__details').click()
  await page.getByTestId('Config__pachdAddressUpdate').click()
  await page.getByTestId('Config__pachdAddressInput').fill('grpc://half-typ')

  await page.context().setOffline(true)
  await connection(page, 'no-server')
  await page.context().setOffline(false)

  await connection(page, 'connected')
  expect(await page.getByTestId('Config__pachdAddressInput').inputValue()).toBe('grpc://half-typ')
})

test('nothing but Jupyter is asked for anything', () => {
  const { origin } = new URL(stack.pageUrl('lab'))

  // Pictures in the style sheets have no origin.
  expect([...origins].filter(asked => asked !== 'null')).toEqual([origin])
})

test('nothing went wrong in the pages meanwhile', () => {
  expect(stack.faults).toEqual([])
})
