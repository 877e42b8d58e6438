/** The two walks through an installation: with pachctl's config file, and without one. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import type { Browser } from 'playwright-core'

import { DataTab } from '../../packages/jupyterlab-extension/ui-tests/data-rows.js'
import { connect, leaveDatums, mountFirstCommit, mountRepo, openPanel, plot, publish, readTable, runCell, startNotebook, tryDatums, writeBack } from '../../packages/jupyterlab-extension/ui-tests/journeys.js'
import { type Step, Walk } from '../../packages/jupyterlab-extension/ui-tests/walk.js'
import { startLab, type LabUser } from './lab.js'

/** The folder for pictures of what each step leaves; none are taken without it. */
const { SCREENSHOTS } = process.env
const READY_MS = 90_000

/** Walked with a config file there. `startMs` is what `jupyter lab` took. */
export interface ConfiguredWalk {
  readonly startMs: number
  readonly opened: Step
  readonly toPlot: readonly Step[]
  readonly mounted: Step
  readonly read: Step
  readonly datums: Step
  readonly published: Step
  readonly past: Step
  readonly written: Step
  /** All of the above that comes after the plot, and the ways between. */
  readonly further: readonly Step[]
}

/** Walked without one: the panel, the address, a mount. */
export interface UnconfiguredWalk {
  readonly connected: Step
  readonly steps: readonly Step[]
}

/** From the page of JupyterLab to a plot of `sales`, then through what else there is to do. */
export async function walkConfigured(browser: Browser, user: LabUser): Promise<ConfiguredWalk> {
  const lab = await startLab(user)
  try {
    const walk = await openLab(browser, lab.url, 'configured')
    await startNotebook(walk)
    const opened = await openPanel(walk, new DataTab(walk.page).repo('sales'))
    const mounted = await mountRepo(walk, 'sales')
    const read = await readTable(walk, 'january.csv')
    await runCell(walk, 'Rome')
    await plot(walk, 'df.plot.bar(x="city", y="amount");')
    const toPlot = [...walk.steps]
    const datums = await tryDatums(walk)
    const published = await publish(walk, 'plots')
    await leaveDatums(walk, 'default_sales')
    const past = await mountFirstCommit(walk, 'sales')
    const written = await writeBack(walk, 'results', 'df.to_csv("~/pfs/default_results/january.csv")')
    return { startMs: lab.durationMs, opened, toPlot, mounted, read, datums, published, past, written, further: walk.steps.slice(toPlot.length) }
  } finally {
    await lab.stop()
  }
}

/** From the page of JupyterLab to a mount of `sales`. */
export async function walkUnconfigured(browser: Browser, user: LabUser, address: string): Promise<UnconfiguredWalk> {
  const lab = await startLab(user)
  try {
    const walk = await openLab(browser, lab.url, 'unconfigured')
    await openPanel(walk, walk.page.getByText('No cluster yet'))
    const connected = await connect(walk, address)
    await mountRepo(walk, 'sales')
    return { connected, steps: walk.steps }
  } finally {
    await lab.stop()
  }
}

async function openLab(browser: Browser, url: string, name: string): Promise<Walk> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  const walk: Walk = new Walk(page, async ({ title }) => {
    if (SCREENSHOTS === undefined) return
    await mkdir(SCREENSHOTS, { recursive: true })
    await page.screenshot({ path: join(SCREENSHOTS, `${name}-${String(walk.steps.length).padStart(2, '0')}-${title.replace(/\W+/g, '-')}.png`), animations: 'disabled' })
  })
  await walk.step('The browser opens JupyterLab', async () => {
    await page.goto(url)
    await page.locator('.jp-LauncherCard').first().waitFor({ timeout: READY_MS })
  })
  return walk
}
