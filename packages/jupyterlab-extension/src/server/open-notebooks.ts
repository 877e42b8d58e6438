/** The notebooks that are open in JupyterLab, known by their shape alone. */
import type { JupyterFrontEnd } from '@jupyterlab/application'
import type { Widget } from '@lumino/widgets'

/** What is needed of the shared model of a notebook. */
interface SharedNotebook {
  getMetadata(): unknown
}

/** What is needed of that of a cell. */
interface CellText {
  getSource(): string
  setSource(text: string): void
}

/** The notebook to write into: the one with the focus, else one that is in sight, else any. */
export function notebookToWriteInto(shell: JupyterFrontEnd.IShell): Widget | undefined {
  const open = [...shell.widgets('main')].filter(widget => sharedNotebook(widget) !== undefined)
  return open.find(widget => widget === shell.currentWidget) ?? open.find(({ isVisible }) => isVisible) ?? open[0]
}

/** Whether the active cell of a notebook has no text. */
export function isActiveCellEmpty(notebook: Widget): boolean {
  return activeCellText(notebook)?.getSource() === ''
}

/** Gives the active cell of a notebook another text, also while it has no editor yet. */
export function setActiveCellText(notebook: Widget, text: string): void {
  activeCellText(notebook)?.setSource(text)
}

/** The language of the kernel of a notebook, in lower case; Python when it is not known yet. */
export function languageOf(notebook: Widget): string {
  const metadata = sharedNotebook(notebook)?.getMetadata()
  const told = [['language_info', 'name'], ['kernelspec', 'language']].map(keys => keys.reduce(memberOf, metadata)).find(name => typeof name === 'string' && name !== '')
  return typeof told === 'string' ? told.toLowerCase() : 'python'
}

function activeCellText(notebook: Widget): CellText | undefined {
  const shared = ['content', 'activeCell', 'model', 'sharedModel'].reduce<unknown>(memberOf, notebook)
  return hasMethod<CellText>(shared, 'getSource') && hasMethod<CellText>(shared, 'setSource') ? shared : undefined
}

function sharedNotebook(widget: Widget): SharedNotebook | undefined {
  const cells = ['content', 'activeCellIndex'].reduce<unknown>(memberOf, widget)
  const shared = ['content', 'model', 'sharedModel'].reduce<unknown>(memberOf, widget)
  return cells !== undefined && hasMethod<SharedNotebook>(shared, 'getMetadata') ? shared : undefined
}

function hasMethod<Shape>(value: unknown, name: keyof Shape & string): value is Shape {
  return typeof memberOf(value, name) === 'function'
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && key in value ? (value as Record<string, unknown>)[key] : undefined
}
