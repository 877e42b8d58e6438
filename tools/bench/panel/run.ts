/**
 * How soon the panel shows 3,000 repos and a directory of 100,000 files, and how it scrolls through them, on a real JupyterLab in a real browser:
 * `npx tsx -C @jupyterlab-pachyderm/source tools/bench/panel/run.ts [rounds]`. Bounds are of the same page: a press that shows one bare element and
 * the raw request that the panel makes, and an empty element of the same height that scrolls. Medians; ends with 1 when a goal is missed.
 */
import { branchReference, type PachdClient, repoReference } from '@jupyterlab-pachyderm/pachd-client'
import type { Browser, Page } from 'playwright-core'

import { DataTab } from '../../../packages/jupyterlab-extension/ui-tests/data-rows.js'
import { seedManyRepos, seedWideDirectory, startStack } from '../../../packages/jupyterlab-extension/ui-tests/stack.js'
import { type Figure, quantile, report } from '../../load/figures.js'
import { runTool, step } from '../../setup/report.mjs'
import { askFor, FRAME_MS, holdRequest, type Scrolling, scrollNothing, scrollThrough, untilBarelyPainted, untilIdle, untilPainted, untilPaintedAfter } from './in-page.js'

const [rounds = 5] = process.argv.slice(2).map(Number)
const REPOS = 3_000
const FILES = 100_000
const GOAL_MS = 500
const READY_MS = 120_000
/** What the panel asks for. */
const MOUNTS = /\/pachyderm\/v2\/mounts\?/
const FILE_PAGE = /\/pachyderm\/v2\/files\//
const REPO_LIST = '.jp-Pachyderm-repos .jp-Pachyderm-list'
const FILE_LIST = '.jp-Pachyderm-files .jp-Pachyderm-list'
/** More than the height of the list, so that each frame has none of the rows of the one before. */
const REPO_STEP_PX = 800
const FILE_STEP_PX = 3_000

/** Milliseconds, beside those of a press that shows one bare element and of the raw request. */
interface Paint {
  readonly ms: number
  readonly bareMs: number
  readonly requestMs: number
}

interface Round {
  readonly repos: Paint
  readonly files: Paint
  readonly scrollRepos: readonly [own: Scrolling, bare: Scrolling]
  readonly scrollFiles: readonly [own: Scrolling, bare: Scrolling]
}

await runTool(async () => {
  const stack = await step(`Starting JupyterLab with ${String(REPOS)} repos and ${String(FILES)} files`, () =>
    startStack(async pachd => {
      await seedManyRepos(pachd, REPOS)
      await seedWideDirectory(pachd, 'wide', FILES)
    }),
  )
  try {
    await stack.page.close()
    const measured: Round[] = []
    // In the first one mount-server has not listed the directory yet.
    for (let number = 0; number <= rounds; number++) measured.push(await step(`Round ${String(number)}`, () => measure(stack.browser, stack.pageUrl(`lab/workspaces/round-${String(number)}`))))
    const [first, ...later] = measured
    const listingMs = await timeOfListing(stack.pachd)
    const figures = [
      paintFigure(`${REPOS.toLocaleString('en')} repos, from the request on`, measured.map(({ repos }) => repos)),
      paintFigure(`a directory of ${FILES.toLocaleString('en')} files, from the double click on`, later.map(({ files }) => files)),
      { what: 'the same, when mount-server lists it for the first time', figure: `${(first?.files.ms ?? 0).toFixed(0)} ms; pachd’s ListFile alone takes ${listingMs.toFixed(0)} ms`, goal: `${String(GOAL_MS)} ms`, isMet: (first?.files.ms ?? Infinity) < GOAL_MS },
      scrollFigure('the repos', measured.map(({ scrollRepos }) => scrollRepos)),
      scrollFigure('the files, fetched meanwhile', measured.map(({ scrollFiles }) => scrollFiles)),
    ]
    console.log(report(figures))
    return figures.every(({ isMet }) => isMet) ? 0 : 1
  } finally {
    await stack.stop()
  }
})

async function measure(browser: Browser, url: string): Promise<Round> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  const tab = new DataTab(page)
  const held = await holdRequest(page, MOUNTS, READY_MS)
  await page.goto(url)
  await page.locator('.jp-LauncherCard').first().waitFor({ timeout: READY_MS })
  await page.locator('.jp-SideBar [data-id="pachyderm-mount"]').click()
  await page.locator('.jp-Pachyderm-data').waitFor()
  await untilIdle(page)
  const reposMs = await untilPaintedAfter(page, held, `${REPO_LIST} [title="default/repo0000"]`)
  const repos = { ms: reposMs, ...(await bounds(page, await held.url)) }
  const scrollRepos = [await scrollThrough(page, REPO_LIST, REPO_STEP_PX), await scrollNothing(page, REPO_LIST, REPO_STEP_PX)] as const
  if ((await tab.mount('default_wide').count()) === 0) await tab.repo('wide').getByTestId('ListItem__mount').click()
  else await tab.mount('default_wide').getByText('default_wide').click()
  await tab.file('many').waitFor({ timeout: READY_MS })
  await untilIdle(page)
  const asked = page.waitForRequest(FILE_PAGE)
  const filesMs = await untilPainted(page, `${FILE_LIST} [title^="file000000.csv"]`, () => tab.open('many'))
  const files = { ms: filesMs, ...(await bounds(page, (await asked).url())) }
  const own = await scrollThrough(page, FILE_LIST, FILE_STEP_PX, `${FILE_LIST} [title^="file${String(FILES - 1).padStart(6, '0')}.csv"]`)
  const scrollFiles = [own, await scrollNothing(page, FILE_LIST, FILE_STEP_PX)] as const
  await page.close()
  return { repos, files, scrollRepos, scrollFiles }
}

/** `url` is what the panel asked for. */
async function bounds(page: Page, url: string): Promise<Omit<Paint, 'ms'>> {
  await untilIdle(page)
  return { bareMs: await untilBarelyPainted(page), requestMs: await askFor(page, url) }
}

function paintFigure(what: string, paints: readonly Paint[]): Figure {
  const median = (of: (paint: Paint) => number) => quantile(paints.map(of), 0.5)
  const [ms, bareMs, requestMs] = [median(paint => paint.ms), median(paint => paint.bareMs), median(paint => paint.requestMs)]
  const ratio = median(paint => paint.ms / (paint.bareMs + paint.requestMs))
  return { what: `first paint of ${what}`, figure: `${ms.toFixed(0)} ms, ${ratio.toFixed(1)} × a bare press (${bareMs.toFixed(0)} ms) and the raw request (${requestMs.toFixed(0)} ms)`, goal: `${String(GOAL_MS)} ms`, isMet: ms < GOAL_MS }
}

function scrollFigure(what: string, pairs: readonly (readonly [own: Scrolling, bare: Scrolling])[]): Figure {
  const [own, bare] = [0, 1].map(index => {
    const scrollings = pairs.flatMap(pair => pair[index] ?? [])
    const median = (of: (scrolling: Scrolling) => number) => quantile(scrollings.map(of), 0.5)
    const workMs = median(scrolling => scrolling.workMs)
    return { workMs, text: `${workMs.toFixed(1)} ms of work a frame, ${(median(({ dropped, frames }) => dropped / (dropped + frames)) * 100).toFixed(0)} % of frames dropped, the longest ${median(({ longestMs }) => longestMs).toFixed(0)} ms` }
  })
  return { what: `scrolling through ${what}`, figure: `${own?.text ?? ''}; an empty element: ${bare?.text ?? ''}`, goal: `${FRAME_MS.toFixed(1)} ms of work`, isMet: (own?.workMs ?? Infinity) < FRAME_MS }
}

/** Milliseconds in which pachd lists the directory to a plain client. */
async function timeOfListing({ pfs }: PachdClient): Promise<number> {
  const begunMs = performance.now()
  let count = 0
  for await (const _ of pfs.listFile({ file: { commit: { branch: branchReference({ repo: 'wide', branch: 'master' }), repo: repoReference({ name: 'wide' }), id: '' }, path: '/many', datum: '' } })) count++
  if (count !== FILES) throw new Error(`pachd lists ${String(count)} files`)
  return performance.now() - begunMs
}
