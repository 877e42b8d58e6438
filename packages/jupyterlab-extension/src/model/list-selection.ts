/** Which rows of a list are chosen, as file managers do it: one, a range, or one more. */

/** `active` is the row that keys act from, `anchor` the one where a range begins. */
export interface ListSelection {
  readonly active: string | undefined
  readonly anchor: string | undefined
  readonly keys: ReadonlySet<string>
}

/** What a click or key does to the selection: it alone, all up to it, or it besides the others. */
export type SelectionGesture = 'replace' | 'extend' | 'toggle'

/** No row. */
export const nothingSelected: ListSelection = { active: undefined, anchor: undefined, keys: new Set() }

/** The selection after `gesture` on `key`, one of the `keys` of the list in their order. */
export function select(selection: ListSelection, keys: readonly string[], key: string, gesture: SelectionGesture = 'replace'): ListSelection {
  if (gesture === 'toggle') {
    const chosen = new Set(selection.keys)
    if (!chosen.delete(key)) chosen.add(key)
    return { active: key, anchor: key, keys: chosen }
  }
  const from = gesture === 'extend' && selection.anchor !== undefined ? keys.indexOf(selection.anchor) : -1
  if (from < 0) return { active: key, anchor: key, keys: new Set([key]) }
  const to = keys.indexOf(key)
  return { active: key, anchor: selection.anchor, keys: new Set(keys.slice(Math.min(from, to), Math.max(from, to) + 1)) }
}

/** All rows; the active one stays. */
export function selectAll(selection: ListSelection, keys: readonly string[]): ListSelection {
  return { active: selection.active ?? keys[0], anchor: selection.anchor ?? keys[0], keys: new Set(keys) }
}

/** The selection as a menu finds it that is opened on `key`: that row alone, unless it is one of those chosen. */
export function selectForMenu(selection: ListSelection, keys: readonly string[], key: string): ListSelection {
  return selection.keys.has(key) ? { ...selection, active: key } : select(selection, keys, key)
}
