/** The page in which the panel is: opened, and brought into the shape that a test wants. */
import type { Browser, BrowserContext, Page } from 'playwright-core'

const READY_MS = 90_000
const NARROWEST_MS = 30_000

/** The themes that JupyterLab comes with. */
export type Theme = 'JupyterLab Light' | 'JupyterLab Dark' | 'JupyterLab Dark High Contrast'

/** JupyterLab with the panel in sight. Errors that nobody caught are added to `faults`. */
export async function openPanel(browser: Browser | BrowserContext, url: string, faults: string[], viewport: { width: number; height: number }): Promise<Page> {
  const page = await browser.newPage({ viewport })
  page.on('pageerror', error => faults.push(error.message))
  await page.goto(url)
  await page.locator('#jp-left-stack').waitFor({ state: 'attached', timeout: READY_MS })
  await page.locator('.jp-SideBar [data-id="pachyderm-mount"]').click()
  await page.locator('#pachyderm-mount').waitFor()
  return page
}

/** Brings the panel into sight in a page that was loaded anew: JupyterLab remembers it only when that was not a moment ago. */
export async function showPanel(page: Page): Promise<void> {
  await page.locator('#pachyderm-mount').waitFor({ state: 'attached', timeout: READY_MS })
  await runCommand(page, 'mount:show-panel')
  await page.locator('#pachyderm-mount').waitFor()
}

/** Waits until the theme is there, and what covers the page meanwhile is gone. */
export async function changeTheme(page: Page, theme: Theme): Promise<void> {
  await runCommand(page, 'apputils:change-theme', { theme })
  await page.locator(`body[data-jp-theme-name="${theme}"]`).waitFor({ state: 'attached', timeout: READY_MS })
  await page.locator('#jupyterlab-splash').waitFor({ state: 'detached', timeout: READY_MS })
}

/** Runs a command of JupyterLab, and waits for its end. */
export async function runCommand(page: Page, id: string, args: Readonly<Record<string, string>> = {}): Promise<void> {
  await page.evaluate(
    async ([command, options]) => {
      const { jupyterapp } = window as unknown as { jupyterapp: { commands: { execute: (id: string, args: object) => Promise<unknown> } } }
      await jupyterapp.commands.execute(command, options)
    },
    [id, args] as const,
  )
}

/** Drags the border of the panel until it is as wide, in CSS pixels. From then on JupyterLab's least width of sidebars does not count in the page. */
export async function dragPanelTo(page: Page, widthPx: number): Promise<void> {
  await allowNarrowSidebars(page)
  const panel = await boxOf(page)
  const [y, border] = [panel.y + panel.height / 2, panel.x + panel.width + 1.5]
  await page.mouse.move(border, y)
  await page.mouse.down()
  await page.mouse.move(border + widthPx - panel.width, y, { steps: 5 })
  await page.mouse.up()
  await page.waitForFunction(wanted => Math.abs((document.querySelector('#pachyderm-mount')?.getBoundingClientRect().width ?? 0) - wanted) <= 2, widthPx, { timeout: NARROWEST_MS })
}

async function allowNarrowSidebars(page: Page): Promise<void> {
  if ((await page.locator('style[data-narrow-sidebars]').count()) > 0) return
  const style = await page.addStyleTag({ content: ':root { --jp-sidebar-min-width: 0px !important }' })
  await style.evaluate(element => (element as Element).setAttribute('data-narrow-sidebars', ''))
  // The layout reads the least width when the sidebar comes into sight.
  for (const command of ['application:toggle-left-area', 'application:toggle-left-area']) await runCommand(page, command)
  await page.locator('#pachyderm-mount').waitFor()
}

async function boxOf(page: Page) {
  const box = await page.locator('#pachyderm-mount').boundingBox()
  if (box === null) throw new Error('the panel is not in sight')
  return box
}
