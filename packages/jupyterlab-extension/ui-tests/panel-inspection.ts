/// <reference types="node" />
/** What is looked at in every state of the panel: accessibility in each theme, and whether it fits into a narrow sidebar. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

import axe from 'axe-core'
import type { Page } from 'playwright-core'

import { changeTheme, dragPanelTo, type Theme } from './panel-page.js'

/** The folder for pictures of what is inspected; none are taken without it. */
const { SCREENSHOTS } = process.env
const THEMES: readonly [string, Theme][] = [
  ['dark', 'JupyterLab Dark'],
  ['high-contrast', 'JupyterLab Dark High Contrast'],
  ['light', 'JupyterLab Light'],
]
const WIDE_PX = 340
const NARROW_PX = 220
const GRAVE = new Set(['serious', 'critical'])

/** What has the colours of JupyterLab's editor, which follow its theme. */
const EDITOR = '.cm-content'
/** The panel, and the dialogs that it opens. Menus are JupyterLab's. */
const PARTS = ['#pachyderm-mount', '.jp-Dialog']

/** What is wrong with the panel as it is now, one sentence each; `name` is that of the pictures. Leaves the light theme and a wide panel behind. */
export async function inspectPanel(page: Page, name: string): Promise<string[]> {
  const found: string[] = []
  for (const [word, theme] of THEMES) {
    await changeTheme(page, theme)
    const rules = word === 'light' ? undefined : ['color-contrast']
    found.push(...(await graveFindings(page, rules)).map(finding => `${word}: ${finding}`))
    await takePicture(page, `${name}-${word}`)
  }
  // Under a dialog or a menu the border of the panel cannot be reached.
  if ((await page.locator('.jp-Dialog, .lm-Menu').count()) > 0) return found
  await dragPanelTo(page, NARROW_PX)
  found.push(...(await partsCutOff(page)).map(part => `${NARROW_PX} px: ${part} is cut off`))
  await takePicture(page, `${name}-narrow`)
  await dragPanelTo(page, WIDE_PX)
  return found
}

/** Serious and critical findings of axe-core; all its rules when none are named. */
async function graveFindings(page: Page, rules?: string[]): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) {
    await page.evaluate(axe.source)
    // JupyterLab's body has no height and hides what leaves it; axe-core would take everything for hidden.
    await page.addStyleTag({ content: 'body { height: 100vh }' })
  }
  const { passes, violations } = await page.evaluate(
    ([parts, editor, only]) => {
      const present = parts.filter(part => document.querySelector(part) !== null)
      const run = (window as unknown as { axe: typeof axe }).axe.run
      return run({ include: present.map(part => [part]), exclude: [[editor]] }, { resultTypes: ['violations', 'passes'], ...(only && { runOnly: { type: 'rule', values: only } }) })
    },
    [PARTS, EDITOR, rules] as const,
  )
  if (!passes.some(({ id }) => id === 'color-contrast')) return ['the contrast of no text could be determined']
  return violations
    .filter(({ impact }) => GRAVE.has(impact ?? ''))
    .flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.target.join(' ')}: ${(node.failureSummary ?? '').split('\n').slice(1).join(' ').trim()}`))
}

/** Buttons and fields of which a part lies outside of the panel. */
function partsCutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const panel = document.querySelector('#pachyderm-mount')
    if (panel === null) return ['the panel']
    const right = panel.getBoundingClientRect().right + 1
    const controls = [...panel.querySelectorAll('button, input, select, textarea, [role="tab"]')]
    return controls.filter(control => control.checkVisibility() && control.getBoundingClientRect().right > right).map(control => `${control.tagName.toLowerCase()} "${control.getAttribute('aria-label') ?? control.textContent}"`)
  })
}

async function takePicture(page: Page, name: string): Promise<void> {
  if (SCREENSHOTS === undefined) return
  await mkdir(SCREENSHOTS, { recursive: true })
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), animations: 'disabled' })
}
