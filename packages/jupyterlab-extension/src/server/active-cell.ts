/** The cell that has the focus in a notebook widget, which is known by its shape alone. */

/** Whether the widget is a notebook whose active cell has no text. */
export function isActiveCellEmpty(widget: unknown): boolean {
  const shared = ['content', 'activeCell', 'model', 'sharedModel'].reduce(memberOf, widget)
  if (typeof shared !== 'object' || shared === null || !('getSource' in shared) || typeof shared.getSource !== 'function') return false
  return shared.getSource() === ''
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && key in value ? (value as Record<string, unknown>)[key] : undefined
}
