/// <reference types="node" />
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import type { Page, Request } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'

import { commitFiles, exists, seedRepo, startStack, type Stack } from './stack.js'

const ROOT_TOKEN = 'a-root-token-of-32-characters-xx'
/** Jupyter's requests end with the time, so that nothing is answered from a cache. */
const LOGIN = /\/auth\/_login\?/
const EVENTS = /\/pachyderm\/v2\/events\?/
const MINUTE_S = 60
/** Much shorter than the pause of whoever asks twice in a minute. */
const STEP_S = 5

/** The part of JupyterLab's commands that is looked at. */
interface Commands {
  listCommands(): string[]
  label(id: string): string
  describedBy(id: string): Promise<{ readonly args: object | null }>
}

let stack: Stack
let requests: string[]
beforeAll(async () => {
  stack = await startStack(
    async pachd => {
      await seedRepo(pachd, 'sales', { '/notes.txt': 'from the shops\n' })
    },
    {
      rootToken: ROOT_TOKEN,
      contexts: address => ({
        active: 'ours',
        contexts: {
          ours: { pachd_address: address, session_token: ROOT_TOKEN },
          nobody: { pachd_address: address },
          gone: { pachd_address: 'grpc://127.0.0.1:1' },
        },
      }),
    },
  )
  requests = listenTo(stack.page).asked
  return () => stack.stop()
})

const mount = (name: string) => stack.page.locator('.jp-Pachyderm-mount', { hasText: name })
const row = (text: string) => stack.page.locator('.jp-Pachyderm-row', { hasText: text })
const byId = (id: string) => stack.page.getByTestId(id)

test('the panel names the cluster and its user, and the details what is behind it', async () => {
  await byId('Config__user').getByText('root').waitFor()
  await byId('Config__details').click()

  const details = byId('Config__detailsList')
  await details.getByText(stack.configFile).waitFor()
  await details.getByText(`mounted at ${stack.mountDir}`).waitFor()
  await details.getByText('2.12').first().waitFor()
  expect(await byId('Config__context').inputValue()).toBe('ours')
})

test('what somebody else commits is told without a question', async () => {
  await row('sales').getByTestId('ListItem__mount').click()
  await mount('default_sales').getByText('up to date').waitFor()
  requests.length = 0

  await commitFiles(stack.pachd, 'sales', { '/more.txt': 'more\n' })

  await mount('default_sales').getByText('1 commit behind').waitFor()
  expect(requests.filter(request => request !== 'GET /mounts')).toEqual([])
  expect(requests.length).toBeLessThanOrEqual(1)
})

test('the status bar tells the cluster and what is mounted', async () => {
  await byId('Status__item').getByText('127.0.0.1 · 1 mount · 1 behind').waitFor()
})

/** The server's heart beats in its own time. Streams of events whose page has another time hear it in that. */
function beatInTimeOfPage(): void {
  const fetch = window.fetch.bind(window)
  window.fetch = async (...request) => {
    const response = await fetch(...request)
    if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true || response.body === null) return response
    const reader = response.body.getReader()
    let heart: ReturnType<typeof setInterval>
    const body = new ReadableStream<Uint8Array>({
      start: controller => {
        heart = setInterval(() => controller.enqueue(new TextEncoder().encode(': \n\n')), 15_000)
      },
      pull: async controller => {
        const { value, done } = await reader.read()
        if (!done) {
          controller.enqueue(value)
          return
        }
        clearInterval(heart)
        controller.close()
      },
      cancel: reason => {
        clearInterval(heart)
        return reader.cancel(reason)
      },
    })
    return new Response(body, response)
  }
}

test('an idle panel asks at most once in a minute', async () => {
  const page = await stack.browser.newPage()
  await page.clock.install()
  await page.addInitScript(beatInTimeOfPage)
  const { asked, unanswered } = listenTo(page)
  const listening = page.waitForRequest(EVENTS)
  await page.goto(stack.pageUrl('lab/workspaces/idle'))
  await page.locator('.jp-SideBar [data-id="pachyderm-mount"]').click({ timeout: 60_000 })
  await page.locator('.jp-Pachyderm-row', { hasText: 'sales' }).waitFor()
  const stream = await listening
  const allIsAnswered = () => expect.poll(() => [...unanswered], { timeout: 60_000 }).toEqual([stream])
  await page.clock.pauseAt(Date.now() + MINUTE_S * 1000)
  await allIsAnswered()
  asked.length = 0

  // Whoever asks again only after an answer has it before the time goes on.
  for (let passedS = 0; passedS < MINUTE_S; passedS += STEP_S) {
    await page.clock.runFor(STEP_S * 1000)
    await allIsAnswered()
  }

  expect(asked.length, asked.join(', ')).toBeLessThanOrEqual(1)
  await page.close()
})

test('another context is changed to when its user agrees to leave', async () => {
  await byId('Config__context').selectOption('nobody')
  await stack.page.locator('.jp-Dialog').getByText('1 mount will be unmounted').waitFor()
  await stack.page.locator('.jp-Dialog .jp-mod-accept').click()

  await stack.page.getByText('You are not logged in').waitFor()
  expect(await exists(join(stack.mountDir, 'default_sales'))).toBe(false)
})

test('a wrong token is refused with the reason, and the right one logs in', async () => {
  const { page } = stack
  await page.getByText('Log in with a token').click()
  await byId('Config__token').fill('wrong')
  await byId('Config__tokenSubmit').click()
  await page.locator('.jp-Pachyderm-tokenLogin .jp-Pachyderm-problem').getByText(/token|authent/i).waitFor()

  await byId('Config__token').fill(ROOT_TOKEN)
  await byId('Config__tokenSubmit').click()

  await row('sales').waitFor()
  await byId('Config__user').getByText('root').waitFor()
})

test('a logout leads to the login, whose refusal is told', async () => {
  const { page } = stack
  await byId('Config__logout').click()
  await page.getByText('You are not logged in').waitFor()

  await byId('Config__login').click()

  await page.locator('.jp-Pachyderm-connection [role="alert"]').filter({ hasText: /\w/ }).waitFor()
  expect(await byId('Config__login').isEnabled()).toBe(true)
})

test('a login whose window the browser blocks is a link, and its end is noticed', async () => {
  const { page } = stack
  // The embedded pachd has no identity provider, so the page of one is made up.
  await page.route(LOGIN, route => route.fulfill({ json: { auth_url: 'http://127.0.0.1:1/login', oidc_state: 'made-up' } }))
  await page.evaluate(() => (window.open = () => null))

  await byId('Config__login').click()

  await page.getByText('The browser did not open the window').waitFor()
  expect(await byId('Config__loginLink').getAttribute('href')).toBe('http://127.0.0.1:1/login')
  await page.unroute(LOGIN)
  const { token } = await stack.pachd.auth.getRobotToken({ robot: 'ana', ttl: 3600 })
  await asJupyter('auth/_login_with_token', { session_token: token })
  await byId('Config__user').getByText('ana').waitFor()
})

test('a login that ends while the panel is open is told as such', async () => {
  await stack.pachd.auth.revokeAuthTokensForUser({ username: 'robot:ana' })

  await stack.page.getByText('Your login has expired').waitFor({ timeout: 60_000 })
})

test('an address where nobody answers stays in the form, with the reason', async () => {
  const { page } = stack
  await byId('Config__pachdAddressUpdate').click()
  await byId('Config__pachdAddressInput').fill('grpc://127.0.0.1:1')
  await byId('Config__pachdAddressSubmit').click()

  await page.locator('.jp-Pachyderm-form [role="alert"]').getByText('127.0.0.1:1').waitFor({ timeout: 60_000 })
  expect(await byId('Config__pachdAddressInput').inputValue()).toBe('grpc://127.0.0.1:1')
  await byId('Config__pachdAddressCancel').click()
})

test('a context that is away is refused beside its name, and the present one stays', async () => {
  await byId('Config__context').selectOption('gone')

  await byId('Config__detailsList').getByRole('alert').getByText('127.0.0.1:1').waitFor({ timeout: 60_000 })
  expect(await byId('Config__context').inputValue()).toBe('nobody')
  await byId('Config__context').selectOption('ours')
  await row('sales').waitFor()
})

test('a pachd that goes away while the panel is not in sight is a notification, and the panel finds back by itself', async () => {
  const { page } = stack
  await page.locator('.jp-SideBar [data-id="filebrowser"]').click()
  await page.locator('#pachyderm-mount').waitFor({ state: 'hidden' })

  await stack.pachdProcess.stop()
  const told = page.locator('.Toastify__toast', { hasText: 'does not answer any more' })
  await told.getByText('Show Pachyderm data').click({ timeout: 60_000 })
  await page.locator('.jp-Pachyderm-notice', { hasText: 'The cluster does not answer' }).waitFor()
  await stack.pachdProcess.start()

  await row('sales').waitFor({ timeout: 60_000 })
})

test('what is typed survives that mount-server is killed, whose log is at hand', async () => {
  const { page } = stack
  await byId('Config__pachdAddressUpdate').click()
  await byId('Config__pachdAddressInput').fill('grpc://half-typ')

  process.kill(await stack.mountServerPid(), 'SIGKILL')
  await page.locator('.jp-Pachyderm-dot[data-status="no-server"]').waitFor({ timeout: 60_000 })
  await page.locator('.jp-Pachyderm-dot[data-status="connected"]').first().waitFor({ timeout: 60_000 })

  expect(await byId('Config__pachdAddressInput').inputValue()).toBe('grpc://half-typ')
  await byId('Config__pachdAddressCancel').click()
  await row('sales').waitFor()
  await byId('Config__showLog').click()
  await byId('Log__lines').getByText('mount').first().waitFor()
})

test('every command has a label and describes its arguments', async () => {
  const incomplete = await stack.page.evaluate(async () => {
    const { commands } = (window as unknown as { jupyterapp: { commands: Commands } }).jupyterapp
    const ours = commands.listCommands().filter(id => /^(mount|jupyterlab-pachyderm):/.test(id))
    const described = await Promise.all(ours.map(async id => ({ id, label: commands.label(id), args: (await commands.describedBy(id)).args })))
    return { count: ours.length, missing: described.filter(({ label, args }) => label === '' || args === null).map(({ id }) => id) }
  })

  expect(incomplete.missing).toEqual([])
  expect(incomplete.count).toBeGreaterThan(15)
})

test('the palette, the menus and the launcher lead to the data', async () => {
  const { page } = stack
  for (const [menu, entry] of [['View', 'Show Pachyderm Data'], ['Help', 'Pachyderm Docs'], ['Help', 'Contact Pachyderm Support']] as const) {
    await page.locator('.lm-MenuBar-itemLabel', { hasText: menu }).click()
    await page.locator('.lm-Menu-itemLabel', { hasText: entry }).first().waitFor()
    await page.keyboard.press('Escape')
  }
  await page.locator('.jp-LauncherCard', { hasText: 'Show Pachyderm Data' }).waitFor({ state: 'attached' })

  await page.keyboard.press('Control+Shift+c')
  await page.locator('.lm-CommandPalette-input').fill('pachyderm log of')
  await page.locator('.lm-CommandPalette-item', { hasText: 'Show the Log of mount-server' }).waitFor()
  await page.keyboard.press('Escape')
})

test('the dialog about support leads to where people help', async () => {
  const { page } = stack
  await page.locator('.lm-MenuBar-itemLabel', { hasText: 'Help' }).click()
  await page.locator('.lm-Menu-itemLabel', { hasText: 'Contact Pachyderm Support' }).click()

  const dialog = page.locator('.jp-Dialog')
  await dialog.getByText('Pachyderm Support').waitFor()
  const links = await dialog.locator('a').evaluateAll(anchors => anchors.map(anchor => anchor.getAttribute('href')))
  expect(links).toEqual(['https://slack.pachyderm.io', 'mailto:support@pachyderm.com'])
  await dialog.getByText('Dismiss').click()
})

test('examples are in the launcher where an administrator wants them', async () => {
  const page = await stack.browser.newPage()
  const folder = join(stack.notebookDir, 'examples')
  await mkdir(folder)
  await copyFile(join(import.meta.dirname, '../../../examples/read-versioned-data.ipynb'), join(folder, 'Mounting Data Repos in Notebooks.ipynb'))
  const pageConfig = join(stack.configFile, '../config/labconfig')
  await mkdir(pageConfig)
  await writeFile(join(pageConfig, 'page_config.json'), JSON.stringify({ disabledExtensions: { 'jupyterlab-pachyderm:examples': false } }))

  await page.goto(stack.pageUrl('lab/workspaces/examples'))

  await page.locator('.jp-Launcher-sectionTitle', { hasText: 'Pachyderm Examples' }).waitFor({ timeout: 60_000 })
  await page.locator('.jp-LauncherCard', { hasText: 'Mounting Data Repos' }).waitFor()
  expect(await page.locator('.jp-LauncherCard', { hasText: 'Intro to Pachyderm' }).count()).toBe(0)
  await page.close()
})

test('without a stream of events the panel asks, and shows the same', async () => {
  const page = await stack.browser.newPage()
  await page.route(EVENTS, route => route.fulfill({ status: 404 }))

  await page.goto(stack.pageUrl('lab/workspaces/asking'))
  await page.locator('.jp-SideBar [data-id="pachyderm-mount"]').click({ timeout: 60_000 })

  await page.locator('.jp-Pachyderm-row', { hasText: 'sales' }).waitFor()
  await page.close()
})

test('a page that nobody sees for longer stops to listen, and begins again when it is seen', async () => {
  const page = await stack.browser.newPage()
  await page.clock.install()
  await page.addInitScript(beatInTimeOfPage)
  const listening = page.waitForRequest(EVENTS)
  await page.goto(stack.pageUrl('lab/workspaces/other'))
  const stream = await listening
  const ended = page.waitForEvent('requestfailed', request => request === stream)

  await see(page, false)
  await page.clock.fastForward(61_000)

  await ended
  const again = page.waitForRequest(EVENTS)
  await see(page, true)
  await again
  await page.close()
})

test('nothing went wrong in the page meanwhile', () => {
  expect(stack.faults).toEqual([])
})

/** What a page asks mount-server for, as `METHOD path below the API`, and what of it has no end yet. */
function listenTo(page: Page): { asked: string[]; unanswered: ReadonlySet<Request> } {
  const asked: string[] = []
  const unanswered = new Set<Request>()
  page.on('request', request => {
    const [, path] = request.url().split('/pachyderm/v2')
    if (path === undefined) return
    asked.push(`${request.method()} ${path.split('?')[0] ?? ''}`)
    unanswered.add(request)
  })
  page.on('requestfinished', request => unanswered.delete(request))
  page.on('requestfailed', request => unanswered.delete(request))
  return { asked, unanswered }
}

/** A request to mount-server from outside of the page. */
async function asJupyter(path: string, body: object): Promise<void> {
  const url = stack.pageUrl(`pachyderm/v2/${path}`)
  const answer = await fetch(url, { method: 'PUT', body: JSON.stringify(body), headers: { Authorization: `token ${new URL(url).searchParams.get('token') ?? ''}` } })
  expect(answer.status).toBe(200)
}

/** Tells the page that its tab is in sight, or not. */
async function see(page: Page, isSeen: boolean): Promise<void> {
  await page.evaluate(hidden => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: hidden })
    document.dispatchEvent(new Event('visibilitychange'))
  }, !isSeen)
}
