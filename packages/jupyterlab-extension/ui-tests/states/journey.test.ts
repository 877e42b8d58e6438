/// <reference types="node" />
/** Every state of the panel, in light, dark and high contrast, and 220 px wide: nothing grave for axe-core, nothing cut off. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { branchReference, createPachdClient, repoReference, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'
import { beforeAll, describe, expect, test } from 'vitest'

import { DataTab } from '../data-rows.js'
import { inspectPanel } from '../panel-inspection.js'
import { runCommand } from '../panel-page.js'
import { commitFiles, seedRepo, startStack, type Stack } from '../stack.js'

const ROOT_TOKEN = 'root-of-the-states'
const NOTEBOOK = { cells: [], metadata: { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' } }, nbformat: 4, nbformat_minor: 5 }

const RESULTS = 'results-of-the-quarterly-forecast-for-all-regions'

let stack: Stack
/** pachd as its administrator sees it. */
let root: PachdClient | undefined
let tab: DataTab
const byId = (testId: string) => stack.page.getByTestId(testId)
const refresh = () => runCommand(stack.page, 'mount:refresh')
const inspect = async (name: string) => expect(await inspectPanel(stack.page, name)).toEqual([])

describe('from the first start to a pipeline', () => {
  beforeAll(async () => {
    stack = await startStack(() => Promise.resolve(), { contexts: () => ({ active: '', contexts: {} }) })
    tab = new DataTab(stack.page)
    return () => {
      root?.close()
      return stack.stop()
    }
  })

  test('no cluster is configured', async () => {
    await stack.page.getByText('No cluster yet').waitFor()

    await inspect('01-no-cluster')
  })

  test('the address is wrong', async () => {
    await byId('Config__pachdAddressInput').fill('grpc://127.0.0.1:1')
    await byId('Config__advancedSettingsToggle').click()
    await byId('Config__pachdAddressSubmit').click()
    await stack.page.locator('.jp-Pachyderm-problem:not(:empty)').waitFor()

    await inspect('02-wrong-address')
  })

  test('the cluster is empty', async () => {
    await byId('Config__pachdAddressInput').fill(stack.pachdProcess.address)
    await byId('Config__pachdAddressSubmit').click()
    await stack.page.locator('.jp-Pachyderm-header [data-status="connected"]').waitFor()

    await inspect('03-empty-cluster')
  })

  test('there are repos, and nothing is mounted', async () => {
    const { pachd } = stack
    await seedRepo(pachd, 'sales', { '/2026/january.csv': 'city,amount\nParis,10\n', '/2026/february.csv': 'city,amount\nOslo,7\n', '/map.png': 'not really', '/notes.txt': 'from the shops\n' })
    await seedRepo(pachd, 'results-of-the-quarterly-forecast-for-all-regions', { '/readme.txt': 'results go here\n' })
    await pachd.pfs.createRepo({ repo: repoReference({ name: 'plans' }) })
    await pachd.pfs.createProject({ project: { name: 'vision' }, description: 'What cameras see' })
    await pachd.pfs.createRepo({ repo: repoReference({ project: 'vision', name: 'images' }) })
    await pachd.pfs.createBranch({ branch: branchReference({ project: 'vision', repo: 'images', branch: 'master' }) })
    await refresh()
    await tab.repo('sales').locator('.jp-Pachyderm-name').click()
    await tab.repo('master').getByTestId('ListItem__branch').click()
    await stack.page.getByTestId('ListItem__commitRow').waitFor()

    await inspect('04-repos')
  })

  test('ways to mount are chosen from', async () => {
    await tab.repo('sales').getByTestId('ListItem__mountMenu').click()
    await stack.page.locator('.lm-Menu').waitFor()

    await inspect('05-ways-to-mount')
    await stack.page.keyboard.press('Escape')
  })

  test('a mount with its files, a writable one with changes, one that is behind', async () => {
    await tab.mountBy(RESULTS, 'Mount to Write')
    await tab.mount(`default_${RESULTS}`).getByText('writable').waitFor()
    await tab.repo('sales').getByTestId('ListItem__mount').click()
    await tab.file('notes.txt').waitFor()
    await writeFile(join(stack.mountDir, `default_${RESULTS}/best.txt`), '42')
    await commitFiles(stack.pachd, 'sales', { '/2026/march.csv': 'city,amount\nBonn,3\n' })
    await tab.mount('default_sales').getByText('1 commit behind').waitFor({ timeout: 60_000 })
    await tab.mount(`default_${RESULTS}`).getByTestId('ListItem__uncommitted').waitFor({ timeout: 60_000 })
    await tab.file('notes.txt').hover()

    await inspect('06-mounts')
  })

  test('what is new is shown', async () => {
    await tab.mount('default_sales').getByText('1 commit behind').click()
    await stack.page.getByTestId('Changes__list').waitFor()

    await inspect('07-changes')
    await stack.page.locator('.jp-Dialog .jp-mod-reject').click()
  })

  test('a commit is about to be made', async () => {
    await tab.mount(`default_${RESULTS}`).getByTestId('ListItem__commit').click()
    await stack.page.locator('.jp-Dialog').getByText('best.txt').waitFor()

    await inspect('08-commit')
    await stack.page.locator('.jp-Dialog .jp-mod-reject').click()
  })

  test('the connection is explained', async () => {
    await byId('Config__details').click()

    await inspect('09-connection')
    await byId('Config__details').click()
  })

  test('an input is about to be tried', async () => {
    await stack.page.locator('.pachyderm-test-tab').click()

    await inspect('10-try')
  })

  test('the input has a mistake', async () => {
    await byId('Datum__inputSpecInput').fill('pfs:\n  repo: sales\n  glob: [')
    await stack.page.locator('.jp-Pachyderm-specProblems').waitFor()

    await inspect('11-mistake')
    await byId('Datum__reset').click()
  })

  test('datums are stepped through', async () => {
    await byId('Datum__loadDatums').click()
    await byId('Datum__cycler').waitFor()

    await inspect('12-datums')
    await byId('Datum__back').click()
    await byId('Datum__cycler').waitFor({ state: 'detached' })
  })

  test('no notebook is open that could be published', async () => {
    await stack.page.locator('.pachyderm-publish-tab').click()

    await inspect('13-no-notebook')
  })

  test('a notebook is open that describes no pipeline', async () => {
    await writeFile(join(stack.notebookDir, 'forecast.ipynb'), JSON.stringify(NOTEBOOK))
    await runCommand(stack.page, 'docmanager:open', { path: 'forecast.ipynb' })
    await byId('Pipeline__create_pipeline').click()
    await byId('Pipeline__errorMessage').waitFor()

    await inspect('14-no-pipeline')
  })

  test('a notebook is about to be published, and previewed', async () => {
    await byId('Pipeline__inputPipelineName').fill('forecast')
    await byId('Pipeline__inputSpecInput').fill('pfs:\n  repo: sales\n  glob: /*')

    await inspect('15-publish')
    await byId('Pipeline__preview').click()
    await byId('Pipeline__specPreview').waitFor()
    await inspect('16-preview')
  })

  test('the pipeline is there, and this pachd does not run it', async () => {
    await byId('Pipeline__closePreview').click()
    await byId('Pipeline__create_pipeline').click()
    await byId('Pipeline__responseMessage').getByText('it does not run').waitFor({ timeout: 60_000 })

    await inspect('17-published')
  })

  test('a pipeline is about to be replaced', async () => {
    await byId('Pipeline__inputImageName').fill('python:3.12')
    await byId('Pipeline__create_pipeline').click()
    await byId('Pipeline__difference').waitFor()

    await inspect('18-replace')
    await stack.page.locator('.jp-Dialog .jp-mod-reject').click()
    await stack.page.locator('.pachyderm-explore-tab').click()
  })

  test('the cluster does not answer any more', async () => {
    await stack.pachdProcess.stop()
    await refresh()
    await stack.page.getByText('The cluster does not answer').waitFor()

    await inspect('19-unreachable')
    await stack.pachdProcess.start()
    await stack.page.locator('.jp-Pachyderm-header [data-status="connected"]').waitFor({ timeout: 60_000 })
  })

  test('the cluster asks who one is', async () => {
    await stack.pachd.auth.activate({ rootToken: ROOT_TOKEN })
    await refresh()
    await byId('Config__login').waitFor()

    await inspect('20-logged-out')
  })

  test('somebody may read one repo, and the others not', async () => {
    root = createPachdClient({ address: stack.pachdProcess.address, token: ROOT_TOKEN })
    await root.pfs.activateAuth({})
    await root.auth.modifyRoleBinding({ principal: 'robot:ana', roles: ['repoReader'], resource: { type: 'REPO', name: 'default/sales' } })
    const { token } = await root.auth.getRobotToken({ robot: 'ana', ttl: 3600 })
    await stack.page.getByText('Log in with a token').click()
    await byId('Config__token').fill(token)
    await byId('Config__tokenSubmit').click()
    await stack.page.getByTestId('ListItem__unauthorized').first().waitFor()

    await inspect('21-no-access')
  })

  test('the login ends while its user works', async () => {
    await root?.auth.revokeAuthTokensForUser({ username: 'robot:ana' })
    await stack.page.getByText('Your login has expired').waitFor({ timeout: 60_000 })
    await stack.page.getByText('Log in with a token').click()

    await inspect('22-login-expired')
  })

  test('nothing went wrong in the page meanwhile', () => {
    expect(stack.faults).toEqual([])
  })
})

describe('where FUSE may not be used', () => {
  beforeAll(async () => {
    stack = await startStack(pachd => seedRepo(pachd, 'sales', { '/january.csv': 'n\n1\n' }), { environment: { PFS_MOUNT_WITH: 'none' } })
    tab = new DataTab(stack.page)
    return () => stack.stop()
  })

  test('the panel says in which way data is shown instead', async () => {
    await tab.repo('sales').getByTestId('ListItem__mount').click()
    await tab.file('january.csv').waitFor()

    await inspect('23-no-fuse')
  })
})

describe('where mount-server is somebody else\'s', () => {
  beforeAll(async () => {
    stack = await startStack(() => Promise.resolve(), { awaits: 'jupyter', environment: { SIDECAR_MODE: 'true', PFS_SOCK_PATH: '/nonexistent/pfs.sock' } })
    tab = new DataTab(stack.page)
    return () => stack.stop()
  })

  test('the panel says that it does not answer', async () => {
    await stack.page.getByText('mount-server is not running').waitFor()

    await inspect('24-no-mount-server')
  })
})
