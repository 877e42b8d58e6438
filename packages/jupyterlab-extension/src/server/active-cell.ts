/** The cell that has the focus in a notebook widget, which is known by its shape alone. */

/** What is needed of the text of a cell. */
interface CellText {
  getSource(): string
}

/** Whether the widget is a notebook whose active cell has no text. */
export function isActiveCellEmpty(widget: unknown): boolean {
  const shared = ['content', 'activeCell', 'model', 'sharedModel'].reduce(memberOf, widget)
  return isCellText(shared) && shared.getSource() === ''
}

function isCellText(value: unknown): value is CellText {
  return typeof memberOf(value, 'getSource') === 'function'
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && key in value ? (value as Record<string, unknown>)[key] : undefined
}
