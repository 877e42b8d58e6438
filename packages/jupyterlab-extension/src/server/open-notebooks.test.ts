import type { JupyterFrontEnd } from '@jupyterlab/application'
import type { Widget } from '@lumino/widgets'
import { expect, test } from 'vitest'

import { isActiveCellEmpty, languageOf, notebookToWriteInto, setActiveCellText } from './open-notebooks.js'

/** What the functions see of a notebook. */
function notebook({ metadata = {}, source = '', isVisible = true }: { metadata?: object; source?: string; isVisible?: boolean } = {}): Widget {
  let text = source
  const content = { activeCellIndex: 0, activeCell: { model: { sharedModel: { getSource: () => text, setSource: (next: string) => (text = next) } } }, model: { sharedModel: { getMetadata: () => metadata } } }
  return { content, isVisible } as unknown as Widget
}

const shell = (widgets: Widget[], currentWidget: Widget | null = null) => ({ widgets: () => widgets.values(), currentWidget }) as unknown as JupyterFrontEnd.IShell
const viewer = { content: {}, isVisible: true } as unknown as Widget

test('the notebook with the focus is written into, then one in sight, then any', () => {
  const hidden = notebook({ isVisible: false })
  const shown = notebook()

  expect(notebookToWriteInto(shell([hidden, shown], hidden))).toBe(hidden)
  expect(notebookToWriteInto(shell([viewer, hidden, shown], viewer))).toBe(shown)
  expect(notebookToWriteInto(shell([hidden]))).toBe(hidden)
  expect(notebookToWriteInto(shell([viewer], viewer))).toBeUndefined()
})

test('the language is that of the kernel, and Python before it is known', () => {
  expect(languageOf(notebook({ metadata: { kernelspec: { language: 'R' } } }))).toBe('r')
  expect(languageOf(notebook({ metadata: { kernelspec: { language: 'python' }, language_info: { name: 'julia' } } }))).toBe('julia')
  expect(languageOf(notebook())).toBe('python')
})

test('a cell without text is empty', () => {
  expect([isActiveCellEmpty(notebook()), isActiveCellEmpty(notebook({ source: 'x' }))]).toEqual([true, false])
})

test('the active cell gets another text, and without one nothing happens', () => {
  const written = notebook()
  setActiveCellText(written, 'x = 1')
  setActiveCellText(viewer, 'x = 1')

  expect([isActiveCellEmpty(written), isActiveCellEmpty(viewer)]).toEqual([false, false])
})
