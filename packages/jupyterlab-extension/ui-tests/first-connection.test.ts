/// <reference types="node" />
import { readFile } from 'node:fs/promises'

import { beforeAll, expect, test } from 'vitest'

import { connect } from './journeys.js'
import { seedRepo, startStack, type Stack } from './stack.js'
import { Walk } from './walk.js'

let stack: Stack
beforeAll(async () => {
  stack = await startStack(pachd => seedRepo(pachd, 'sales', { '/notes.txt': 'from the shops\n' }), {
    contexts: () => ({ active: '', contexts: {} }),
    environment: { PFS_MOUNT_WITH: 'none' },
    awaits: 'jupyter',
  })
  return () => stack.stop()
})

const byId = (id: string) => stack.page.getByTestId(id)

test('without a cluster the panel asks for one, and says what an address looks like', async () => {
  await stack.page.getByText('No cluster yet').waitFor({ timeout: 60_000 })
  expect(await byId('Config__pachdAddressSubmit').isDisabled()).toBe(true)

  await byId('Config__pachdAddressInput').fill('pachd.example.com')
  await byId('Config__pachdAddressSubmit').click()

  await stack.page.getByText('should start with grpc://').waitFor()
})

test('an address and a click lead to the data, and the address is kept for pachctl', async () => {
  const { acts } = await connect(new Walk(stack.page), stack.pachdProcess.address)

  expect(acts.map(({ text }) => text)).toEqual([`click into “Connect To a Cluster”, type \`${stack.pachdProcess.address}\``, 'click “Connect”'])
  await stack.page.locator('.jp-Pachyderm-row', { hasText: 'sales' }).waitFor()
  expect(await readFile(stack.configFile, 'utf8')).toContain(stack.pachdProcess.address)
  await byId('Status__item').getByText('127.0.0.1 · 0 mounts').waitFor()
})

test('the data has all the room that the form leaves', async () => {
  const bottom = (selector: string) => stack.page.locator(selector).evaluate(element => Math.round(element.getBoundingClientRect().bottom))

  await expect.poll(async () => (await bottom('#pachyderm-mount')) - (await bottom('.jp-Pachyderm-data'))).toBeLessThan(5)
})

test('where nothing can be mounted the panel says so, why, and what notebooks read instead', async () => {
  const note = byId('Config__withoutMount')
  await note.getByText('pfs://<mount>/<path>').click()
  await note.getByText('PFS_MOUNT_WITH').waitFor()

  await byId('Config__details').click()
  await byId('Config__detailsList').getByText('without a mount').waitFor()
})

test('nothing went wrong in the page meanwhile', () => {
  expect(stack.faults).toEqual([])
})
