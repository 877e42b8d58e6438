/** Clocks that run in the page: from a press of the mouse or a request to what is shown, of a request alone, and of the frames while a list scrolls. */
import type { Page } from 'playwright-core'

/** How a list scrolled. A frame is dropped when the page had none in its time. */
export interface Scrolling {
  readonly frames: number
  readonly dropped: number
  readonly longestMs: number
  /** What the main thread of the page worked for a frame, whatever else had the processor meanwhile. */
  readonly workMs: number
}

/** Of a display with 60 frames in a second, which is what Chromium without a window has. */
export const FRAME_MS = 1000 / 60

/** Resolves when the page has nothing to do. */
export async function untilIdle(page: Page): Promise<void> {
  await page.evaluate(() => new Promise(resolve => requestIdleCallback(resolve)))
}

/** Milliseconds from the last press of a mouse button in `act` until a frame with an element of the selector is painted. Throws when one is in sight before. */
export async function untilPainted(page: Page, selector: string, act: () => Promise<void>): Promise<number> {
  const painted = page.evaluate(async wanted => {
    if (document.querySelector(wanted)?.checkVisibility() === true) throw new Error(`${wanted} is in sight already`)
    let pressedMs = Number.NaN
    const control = new AbortController()
    addEventListener('pointerdown', event => (pressedMs = event.timeStamp), { capture: true, signal: control.signal })
    while (document.querySelector(wanted)?.checkVisibility() !== true) await new Promise(resolve => requestAnimationFrame(resolve))
    // The frame with the element is painted before the next one begins.
    await new Promise(resolve => requestAnimationFrame(resolve))
    control.abort()
    return performance.now() - pressedMs
  }, selector)
  const [ms] = await Promise.all([painted, act()])
  return ms
}

/** A request of the page that is held back, from when the page is made until `letGo`. */
export interface HeldRequest {
  /** Resolves when the page has made it. */
  readonly url: Promise<string>
  letGo(): void
}

/** Holds the first request that matches; call it before the page goes anywhere. */
export async function holdRequest(page: Page, pattern: RegExp, timeoutMs: number): Promise<HeldRequest> {
  let letGo = () => {}
  const gone = new Promise<void>(resolve => (letGo = resolve))
  const asked = page.waitForRequest(pattern, { timeout: timeoutMs })
  // JupyterLab loads more files than a page remembers by default.
  await page.addInitScript(() => performance.setResourceTimingBufferSize(5000))
  await page.route(
    pattern,
    async route => {
      await gone
      await route.continue()
    },
    { times: 1 },
  )
  return { url: asked.then(request => request.url()), letGo }
}

/** Milliseconds from when the held request is sent until a frame with an element of the selector is painted. Throws when one is in sight before. */
export async function untilPaintedAfter(page: Page, held: HeldRequest, selector: string): Promise<number> {
  const url = await held.url
  const painted = page.evaluate(
    async ([wanted, address]) => {
      if (document.querySelector(wanted)?.checkVisibility() === true) throw new Error(`${wanted} is in sight already`)
      while (document.querySelector(wanted)?.checkVisibility() !== true) await new Promise(resolve => requestAnimationFrame(resolve))
      await new Promise(resolve => requestAnimationFrame(resolve))
      const [request] = performance.getEntriesByName(address, 'resource')
      if (!(request instanceof PerformanceResourceTiming)) throw new Error(`the page does not remember ${address}`)
      return performance.now() - request.requestStart
    },
    [selector, url] as const,
  )
  const [ms] = await Promise.all([painted, untilIdle(page).then(() => held.letGo())])
  return ms
}

/** The same as `untilPainted` for a button that shows one bare element: no press comes to paint sooner. */
export async function untilBarelyPainted(page: Page): Promise<number> {
  await page.evaluate(() => {
    const button = document.createElement('button')
    button.id = 'bare'
    button.style.cssText = 'position: fixed; inset: 0 0 auto auto; z-index: 100000'
    button.textContent = 'bare'
    button.addEventListener('pointerdown', () => button.insertAdjacentHTML('beforeend', '<b>shown</b>'))
    document.body.append(button)
  })
  const ms = await untilPainted(page, '#bare b', () => page.locator('#bare').click())
  await page.locator('#bare').evaluate(button => (button as Element).remove())
  return ms
}

/** Milliseconds of a GET, until its JSON is an object. */
export function askFor(page: Page, url: string): Promise<number> {
  return page.evaluate(async address => {
    const begunMs = performance.now()
    const answer = await fetch(address)
    await answer.json()
    return performance.now() - begunMs
  }, url)
}

/** Scrolls an element by `stepPx` in each frame until its end, which may move away meanwhile, is there and `isWhole` has an element. */
export async function scrollThrough(page: Page, selector: string, stepPx: number, isWhole = 'body'): Promise<Scrolling> {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const workedS = async () => (await session.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
  const beforeS = await workedS()
  const gapsMs = await page.evaluate(
    async ([scrolled, step, whole]) => {
      const list = document.querySelector(scrolled)
      if (list === null) throw new Error(`there is no ${scrolled}`)
      const gaps: number[] = []
      let before = await new Promise<number>(resolve => requestAnimationFrame(resolve))
      while (document.querySelector(whole) === null || list.scrollTop + list.clientHeight < list.scrollHeight - 1) {
        list.scrollTop += step
        const now = await new Promise<number>(resolve => requestAnimationFrame(resolve))
        gaps.push(now - before)
        before = now
      }
      return gaps
    },
    [selector, stepPx, isWhole] as const,
  )
  const workMs = ((await workedS()) - beforeS) * 1000
  await session.detach()
  const dropped = gapsMs.reduce((sum, gapMs) => sum + Math.max(0, Math.round(gapMs / FRAME_MS) - 1), 0)
  return { frames: gapsMs.length, dropped, longestMs: Math.max(...gapsMs), workMs: workMs / gapsMs.length }
}

/** The same for an element of the same size and height in which there is nothing. */
export async function scrollNothing(page: Page, selector: string, stepPx: number): Promise<Scrolling> {
  await page.locator(selector).evaluate(list => {
    const { scrollHeight } = list
    const { x, y, width, height } = list.getBoundingClientRect()
    document.body.insertAdjacentHTML('beforeend', `<div id="bare" style="position: fixed; z-index: 100000; overflow: auto; background: white; left: ${x}px; top: ${y}px; width: ${width}px; height: ${height}px"><div style="height: ${scrollHeight}px"></div></div>`)
  })
  const scrolling = await scrollThrough(page, '#bare', stepPx)
  await page.locator('#bare').evaluate(element => element.remove())
  return scrolling
}
