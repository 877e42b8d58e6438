/// <reference types="node" />
/** What takes long and what goes wrong, as the panel shows it: commits, mounts, and a mount-server that is away. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { branchReference } from '@jupyterlab-pachyderm/pachd-client'
import type { Locator } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'

import { DataTab } from '../data-rows.js'
import { inspectPanel } from '../panel-inspection.js'
import { startSlowLine, type SlowLine } from '../slow-line.js'
import { commitFiles, seedRepo, startStack, type Stack } from '../stack.js'

const MOUNT_SERVER = join(import.meta.dirname, '../../../mount-server/bin/mount-server.js')
/** At the speed of the slow line it takes a minute, longer than anybody looks at it. */
const LARGE_BYTES = 64 * 1024 * 1024
const SLOW_BYTES_PER_SECOND = 1024 * 1024
const EVENT_MS = 60_000

let stack: Stack
let tab: DataTab
let line: SlowLine
/** While there is such a file, mount-server does not start. */
let noRoom: string

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'launcher-'))
  const launcher = join(folder, 'mount-server')
  noRoom = join(folder, 'no-room')
  await writeFile(launcher, `#!/bin/sh\nif [ -e '${noRoom}' ]; then echo 'There is no room on this node'; exit 1; fi\nexec '${process.execPath}' '${MOUNT_SERVER}' "$@"\n`)
  await chmod(launcher, 0o755)
  line = await startSlowLine()
  stack = await startStack(
    async pachd => {
      for (const repo of ['sales', 'results', 'plans']) await seedRepo(pachd, repo, { '/readme.txt': `about ${repo}\n` })
    },
    {
      environment: { MOUNT_SERVER_PATH: launcher },
      contexts: address => ({ active: 'test', contexts: { test: { pachd_address: line.leadTo(address) } } }),
    },
  )
  tab = new DataTab(stack.page)
  return async () => {
    await stack.stop()
    line.stop()
    await rm(folder, { recursive: true })
  }
})

const master = (repo: string) => branchReference({ repo, branch: 'master' })
const results = () => tab.mount('default_results')
const inspect = async (name: string) => expect(await inspectPanel(stack.page, name)).toEqual([])

/** Whether the end of it is within its list. */
function isInSight(problem: Locator): Promise<boolean> {
  return problem.evaluate(element => element.getBoundingClientRect().bottom <= (element.closest('.jp-Pachyderm-mounts')?.getBoundingClientRect().bottom ?? 0))
}

async function commit(message: string): Promise<void> {
  await results().getByTestId('ListItem__commit').click()
  await stack.page.getByTestId('Commit__message').fill(message)
  await tab.answer('Commit')
}

test('a branch that went away can neither be mounted nor updated, and the reason is said', async () => {
  await tab.repo('sales').getByTestId('ListItem__mount').click()
  await tab.mount('default_sales').getByText('up to date').waitFor()
  await commitFiles(stack.pachd, 'sales', { '/2026/march.csv': 'city,amount\nBonn,3\n' })
  await tab.mount('default_sales').getByText('1 commit behind').waitFor({ timeout: EVENT_MS })
  for (const repo of ['sales', 'plans']) await stack.pachd.pfs.deleteBranch({ branch: master(repo) })

  await tab.repo('plans').getByTestId('ListItem__mount').click()

  await tab.mount('default_plans').getByText('Could not be mounted').waitFor()
  await tab.mount('default_sales').getByTestId('ListItem__update').click()
  const problem = tab.mount('default_sales').getByRole('alert')
  await problem.waitFor()
  await expect.poll(() => isInSight(problem)).toBe(true)
  await inspect('30-mounts-in-error')
  await tab.mount('default_plans').getByRole('button').click()
  await tab.mount('default_sales').getByTestId('ListItem__unmount').click()
  await tab.mount('default_sales').waitFor({ state: 'detached' })
})

test('a commit is under way', async () => {
  await tab.mountBy('results', 'Mount to Write')
  await results().getByText('writable').waitFor()
  await writeFile(join(stack.mountDir, 'default_results/model.bin'), Buffer.alloc(LARGE_BYTES, 1))
  line.bytesPerSecond = SLOW_BYTES_PER_SECOND
  await commit('a model')
  await results().getByTestId('ListItem__commitProgress').waitFor({ timeout: EVENT_MS })

  await inspect('31-commit-running')
  line.bytesPerSecond = undefined
  await results().getByText('up to date').waitFor({ timeout: EVENT_MS })
})

test('a commit is refused', async () => {
  const opened = await stack.pachd.pfs.startCommit({ branch: master('results') })
  await writeFile(join(stack.mountDir, 'default_results/best.txt'), '42')
  await commit('the best one')
  await results().getByRole('alert').waitFor({ timeout: EVENT_MS })

  await inspect('32-commit-refused')
  await stack.pachd.pfs.finishCommit({ commit: opened })
})

test('the commit is tried again, and succeeds', async () => {
  await results().getByTestId('ListItem__commit').click()
  await stack.page.locator('.jp-Dialog').getByText('best.txt').waitFor()
  expect(await stack.page.getByTestId('Commit__message').inputValue()).toBe('the best one')

  await inspect('33-commit-again')
  await tab.answer('Commit')
  await results().getByTestId('ListItem__uncommitted').waitFor({ state: 'detached' })
  expect(await results().getByRole('alert').count()).toBe(0)
})

test('mount-server stopped, and does not come up again', async () => {
  await writeFile(noRoom, '')
  process.kill(await stack.mountServerPid(), 'SIGKILL')
  await stack.page.getByText('It said: There is no room on this node').waitFor({ timeout: EVENT_MS })

  await inspect('34-mount-server-restarting')
  await rm(noRoom)
  await stack.page.getByText('Start mount-server').click()
  await tab.repo('results').waitFor({ timeout: EVENT_MS })
})

test('nothing went wrong in the page meanwhile', () => {
  expect(stack.faults).toEqual([])
})
