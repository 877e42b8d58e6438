/** A list of any length, of which only the visible rows are in the page; driven by pointer or arrow keys. */
import { observeElementRect, useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'

/** `level` and `open` make a tree of it. */
export interface VirtualListProps<Row> {
  readonly label: string
  readonly rows: readonly Row[]
  readonly rowHeightPx: number
  readonly keyOf: (row: Row) => string
  readonly renderRow: (row: Row) => ReactNode
  readonly levelOf?: (row: Row) => number
  readonly openOf?: (row: Row) => boolean | undefined
  readonly onActivate: (row: Row) => void
  /** Called for arrow right (open) and arrow left (close). */
  readonly onToggle?: (row: Row, open: boolean) => void
  /** Called when the end of the list comes into sight. */
  readonly onEnd?: () => void
}

const BEFORE_LAYOUT = { width: 300, height: 400 }
const PAGE_ROWS = 10

/** The list fills its parent and scrolls by itself. */
export function VirtualList<Row>(props: VirtualListProps<Row>) {
  const { rows, rowHeightPx, keyOf, onEnd } = props
  const scroller = useRef<HTMLDivElement>(null)
  const [activeKey, setActiveKey] = useState<string>()
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeightPx,
    getItemKey: index => {
      const row = rows[index]
      return row === undefined ? index : keyOf(row)
    },
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
  const active = rows.findIndex(row => keyOf(row) === activeKey)
  const isTree = props.levelOf !== undefined
  const moveTo = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))]
    if (row === undefined) return
    setActiveKey(keyOf(row))
    virtualizer.scrollToIndex(rows.indexOf(row))
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // Keys on a button of a row are the button's.
    if (event.target !== event.currentTarget || !handleKey(event.key, { props, active, moveTo })) return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div
      ref={scroller}
      className="jp-Pachyderm-list"
      role={isTree ? 'tree' : 'listbox'}
      aria-label={props.label}
      tabIndex={0}
      aria-activedescendant={active >= 0 && activeKey !== undefined ? idOf(props.label, activeKey) : undefined}
      onKeyDown={onKeyDown}
      onFocus={event => event.target === event.currentTarget && active < 0 && moveTo(0)}
    >
      <div role="presentation" style={{ height: virtualizer.getTotalSize(), position: 'relative' }}>
        {items.map(item => {
          const row = rows[item.index]
          if (row === undefined) return null
          const key = keyOf(row)
          return (
            <div
              key={key}
              id={idOf(props.label, key)}
              className="jp-Pachyderm-row"
              role={isTree ? 'treeitem' : 'option'}
              aria-level={props.levelOf?.(row)}
              aria-expanded={props.openOf?.(row)}
              aria-selected={key === activeKey}
              aria-setsize={rows.length}
              aria-posinset={item.index + 1}
              style={{ height: rowHeightPx, transform: `translateY(${item.start}px)` }}
              onMouseDown={() => setActiveKey(key)}
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
  readonly moveTo: (index: number) => void
}

/** Whether the key means something here; if so, it is done. */
function handleKey<Row>(key: string, { props, active, moveTo }: KeyTarget<Row>): boolean {
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
    moveTo(target)
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
  return false
}
