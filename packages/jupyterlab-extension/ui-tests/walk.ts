/** What a person does in the page: whatever is pressed and typed goes through here, so that it is counted and can be listed. */
import type { Locator, Page } from 'playwright-core'

/** One thing that is done, in words. A double click counts as two. */
export interface Act {
  readonly text: string
  readonly clicks: number
}

/** From the first act until what it was for is in sight. */
export interface Step {
  readonly title: string
  readonly acts: readonly Act[]
  readonly durationMs: number
}

/** Acts count for the step in which they happen. */
export class Walk {
  readonly steps: Step[] = []
  private acts: Act[] = []

  /** `afterStep` sees the page as the step left it; its time does not count. */
  constructor(
    readonly page: Page,
    private readonly afterStep: (step: Step) => Promise<void> = () => Promise.resolve(),
  ) {}

  /** Does one step; `work` ends when its end is seen. */
  async step(title: string, work: () => Promise<void>): Promise<Step> {
    this.acts = []
    const begunMs = performance.now()
    await work()
    const step = { title, acts: this.acts, durationMs: performance.now() - begunMs }
    this.steps.push(step)
    await this.afterStep(step)
    return step
  }

  /** Presses the left mouse button on it. */
  async click(target: Locator, name?: string): Promise<void> {
    const text = `click ${name ?? (await nameOf(target))}`
    await target.click()
    this.acts.push({ text, clicks: 1 })
  }

  /** Types in place of what a field holds, or into the empty cell of a notebook. A click goes before where the cursor is elsewhere. */
  async type(field: Locator, typed: string, name?: string): Promise<void> {
    const place = name ?? (await nameOf(field))
    const { hasCursor, holdsText } = await field.evaluate(element => ({ hasCursor: element === document.activeElement, holdsText: 'value' in element && element.value !== '' }))
    if (!hasCursor) await field.click()
    if (holdsText) await this.page.keyboard.press('Control+A')
    await this.page.keyboard.type(typed)
    this.acts.push({ text: `${hasCursor ? 'type' : `click into ${place}, type`} \`${typed}\``, clicks: hasCursor ? 0 : 1 })
  }

  /** Presses keys: `Shift+Enter`. */
  async press(keys: string): Promise<void> {
    await this.page.keyboard.press(keys)
    this.acts.push({ text: `press ${keys}`, clicks: 0 })
  }
}

/** How often a mouse button is pressed in the steps. */
export function clicksOf(...steps: readonly Pick<Step, 'acts'>[]): number {
  return steps.flatMap(({ acts }) => acts).reduce((sum, { clicks }) => sum + clicks, 0)
}

/** What a screen reader says, or what stands on it, or what the pointer is told. */
function nameOf(target: Locator): Promise<string> {
  return target.evaluate(element => {
    const label = 'labels' in element ? (element as HTMLInputElement).labels?.[0]?.textContent : undefined
    return `“${(element.getAttribute('aria-label') ?? label ?? (element.textContent.trim() || (element.getAttribute('title') ?? ''))).trim()}”`
  })
}
