/** A list of any length, of which only the visible rows are in the page; driven by pointer or keys. */
import { observeElementRect, useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useMemo, useRef, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react'

import { select, selectAll, selectForMenu, type ListSelection, type SelectionGesture } from '../model/list-selection.js'

/** A `tree` has levels and one chosen row, a `grid` as many chosen rows as the user wants. */
export interface VirtualListProps<Row> {
  readonly kind: 'tree' | 'grid'
  readonly label: string
  readonly rows: readonly Row[]
  readonly rowHeightPx: number
  readonly keyOf: (row: Row) => string
  /** The content of a row; in a grid, cells with the role `gridcell`. */
  readonly renderRow: (row: Row) => ReactNode
  readonly selection: ListSelection
  /** The row that comes into sight, once for each `by` and key. */
  readonly revealed?: { readonly by: object; readonly key: string } | undefined
  readonly onSelect: (selection: ListSelection) => void
  readonly levelOf?: (row: Row) => number
  /** Undefined for rows without rows below them. */
  readonly openOf?: (row: Row) => boolean | undefined
  readonly onActivate: (row: Row) => void
  /** Called for arrow right (open) and arrow left (close). */
  readonly onToggle?: (row: Row, open: boolean) => void
  /** Called for the delete key. */
  readonly onDelete?: () => void
  /** Called for F2. */
  readonly onRename?: (row: Row) => void
  /** Called for arrow left and backspace where rows do not open. */
  readonly onLeave?: () => void
  /** Called when the end of the list comes into sight. */
  readonly onEnd?: () => void
}

const BEFORE_LAYOUT = { width: 300, height: 400 }
const PAGE_ROWS = 10

/** The list fills its parent and scrolls by itself. */
export function VirtualList<Row>(props: VirtualListProps<Row>) {
  const { kind, rows, rowHeightPx, keyOf, selection, revealed, onSelect, onEnd } = props
  const scroller = useRef<HTMLDivElement>(null)
  // A new function would have all rows measured anew at each step of a scroll.
  const getItemKey = useCallback(
    (index: number) => {
      const row = rows[index]
      return row === undefined ? index : keyOf(row)
    },
    [rows, keyOf],
  )
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    getItemKey,
    overscan: 8,
    initialRect: BEFORE_LAYOUT,
    // A list that is not laid out has no height; some rows are still better than none.
    observeElementRect: (instance, callback) => observeElementRect(instance, rect => callback(rect.height > 0 ? rect : BEFORE_LAYOUT)),
  })
  const items = virtualizer.getVirtualItems()
  const lastIndex = items.at(-1)?.index ?? -1
  useEffect(() => {
    if (lastIndex >= rows.length - 1 && rows.length > 0) onEnd?.()
  }, [lastIndex, rows.length, onEnd])
  const { by, key: revealedKey } = revealed ?? {}
  useEffect(() => {
    const index = rows.findIndex(row => keyOf(row) === revealedKey)
    if (index >= 0) virtualizer.scrollToIndex(index, { align: 'center' })
    // Later the user scrolls, whatever the rows do.
  }, [by, revealedKey])
  const isTree = kind === 'tree'
  const active = useMemo(() => (selection.active === undefined ? -1 : rows.findIndex(row => keyOf(row) === selection.active)), [rows, keyOf, selection.active])
  const keys = () => rows.map(keyOf)
  const moveTo = (index: number, gesture: SelectionGesture = 'replace') => {
    const target = Math.max(0, Math.min(rows.length - 1, index))
    const row = rows[target]
    if (row === undefined) return
    onSelect(select(selection, gesture === 'replace' ? [] : keys(), keyOf(row), isTree ? 'replace' : gesture))
    virtualizer.scrollToIndex(target)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // Keys on a button of a row are the button's.
    if (event.target !== event.currentTarget) return
    const isAll = event.key === 'a' && (event.ctrlKey || event.metaKey) && !isTree
    if (isAll) onSelect(selectAll(selection, keys()))
    else if (!handleKey(event, { props, active, moveTo })) return
    event.preventDefault()
    event.stopPropagation()
  }
  const onMouseDown = (event: MouseEvent, key: string) => {
    const isMenu = event.button === 2
    const gesture = isTree ? 'replace' : event.shiftKey ? 'extend' : event.ctrlKey || event.metaKey ? 'toggle' : 'replace'
    onSelect(isMenu ? selectForMenu(selection, keys(), key) : select(selection, keys(), key, gesture))
  }
  return (
    <div
      ref={scroller}
      className="jp-Pachyderm-list"
      role={kind}
      aria-label={props.label}
      aria-multiselectable={isTree ? undefined : true}
      aria-rowcount={isTree ? undefined : rows.length}
      tabIndex={0}
      aria-activedescendant={active >= 0 && selection.active !== undefined ? idOf(props.label, selection.active) : undefined}
      onKeyDown={onKeyDown}
      onFocus={event => event.target === event.currentTarget && active < 0 && moveTo(0)}
    >
      <div role="presentation" style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
        {items.map(item => {
          const row = rows[item.index]
          if (row === undefined) return null
          const key = keyOf(row)
          const place = isTree ? { 'aria-level': props.levelOf?.(row), 'aria-expanded': props.openOf?.(row), 'aria-setsize': rows.length, 'aria-posinset': item.index + 1 } : { 'aria-rowindex': item.index + 1 }
          return (
            <div
              key={key}
              id={idOf(props.label, key)}
              className="jp-Pachyderm-row"
              role={isTree ? 'treeitem' : 'row'}
              {...place}
              aria-selected={selection.keys.has(key)}
              data-active={key === selection.active || undefined}
              style={{ height: rowHeightPx, transform: `translateY(${item.start}px)` }}
              onMouseDown={event => onMouseDown(event, key)}
            >
              {props.renderRow(row)}
            </div>
          )
        })}
      </div>
    </div>
  )
}

function idOf(label: string, key: string): string {
  return `jp-Pachyderm-${label}-${key}`.replace(/\s/g, '_')
}

interface KeyTarget<Row> {
  readonly props: VirtualListProps<Row>
  readonly active: number
  readonly moveTo: (index: number, gesture?: SelectionGesture) => void
}

/** Whether the key means something here; if so, it is done. */
function handleKey<Row>({ key, shiftKey }: KeyboardEvent, { props, active, moveTo }: KeyTarget<Row>): boolean {
  const row = props.rows[active]
  const moves: Record<string, number> = {
    ArrowDown: active + 1,
    ArrowUp: active - 1,
    PageDown: active + PAGE_ROWS,
    PageUp: active - PAGE_ROWS,
    Home: 0,
    End: props.rows.length - 1,
  }
  const target = moves[key]
  if (target !== undefined) {
    moveTo(target, shiftKey ? 'extend' : 'replace')
    return true
  }
  if ((key === 'Backspace' || key === 'ArrowLeft') && props.onLeave) {
    props.onLeave()
    return true
  }
  if (row === undefined) return false
  if (key === 'Enter' || key === ' ') {
    props.onActivate(row)
    return true
  }
  if ((key === 'ArrowRight' || key === 'ArrowLeft') && props.onToggle) {
    props.onToggle(row, key === 'ArrowRight')
    return true
  }
  if (key === 'Delete' && props.onDelete) {
    props.onDelete()
    return true
  }
  if (key === 'F2' && props.onRename) {
    props.onRename(row)
    return true
  }
  return false
}
