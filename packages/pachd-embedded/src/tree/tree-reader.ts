/** Looking things up in a tree of files: one file, the files from a key on, the totals of a range. */
import type { ChildLink, FileKey, Totals, TreeEntry, TreeNode } from './tree-node.js'
import { sumTotals, totalsOfEntry } from './tree-node.js'
import { EMPTY_ROOT } from './tree-nodes.js'
import type { NodeSource } from './tree-nodes.js'

/** Above every key. */
export const END_KEY: FileKey = '\uffff'

function firstNotBelow<T>(items: readonly T[], keyOf: (item: T) => FileKey, key: FileKey): number {
  let [low, high] = [0, items.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const item = items[middle]
    if (item !== undefined && keyOf(item) < key) low = middle + 1
    else high = middle
  }
  return low
}

const keyOfEntry = (entry: TreeEntry): FileKey => entry.key
const keyOfChild = (child: ChildLink): FileKey => child.firstKey

/** The index of the first entry whose key is not below `key`. */
export const entryIndex = (entries: readonly TreeEntry[], key: FileKey): number => firstNotBelow(entries, keyOfEntry, key)

/** The index of the child that holds `key` if any does: the last one that begins at or below it. */
export function childIndex(children: readonly ChildLink[], key: FileKey): number {
  const at = firstNotBelow(children, keyOfChild, key)
  return children[at]?.firstKey === key ? at : Math.max(0, at - 1)
}

/** One tree, seen through its root. It never changes. */
export class TreeReader {
  constructor(
    private readonly nodes: NodeSource,
    readonly root: number,
  ) {}

  private *below(id: number, from: FileKey): Generator<readonly [readonly TreeEntry[], number]> {
    const node = this.nodes.load(id)
    if (node.kind === 'leaf') {
      yield [node.entries, entryIndex(node.entries, from)]
      return
    }
    for (let at = childIndex(node.children, from); at < node.children.length; at++) {
      const child = node.children[at]
      if (child) yield* this.below(child.id, from)
    }
  }

  /** The files whose key is not below `from`, in order. */
  *from(from: FileKey): Generator<TreeEntry, void, undefined> {
    if (this.root === EMPTY_ROOT) return
    for (const [entries, start] of this.below(this.root, from)) {
      for (let at = start; at < entries.length; at++) {
        const entry = entries[at]
        if (entry) yield entry
      }
    }
  }

  /** The first file whose key is not below `from`. */
  first(from: FileKey): TreeEntry | undefined {
    if (this.root === EMPTY_ROOT) return undefined
    return this.firstIn(this.root, from)
  }

  private firstIn(id: number, from: FileKey): TreeEntry | undefined {
    const node = this.nodes.load(id)
    if (node.kind === 'leaf') return node.entries[entryIndex(node.entries, from)]
    for (let at = childIndex(node.children, from); at < node.children.length; at++) {
      const child = node.children[at]
      const found = child && this.firstIn(child.id, from)
      if (found) return found
    }
    return undefined
  }

  /** The last file whose key is below `before`. */
  last(before: FileKey): TreeEntry | undefined {
    if (this.root === EMPTY_ROOT) return undefined
    return this.lastIn(this.root, before)
  }

  private lastIn(id: number, before: FileKey): TreeEntry | undefined {
    const node = this.nodes.load(id)
    if (node.kind === 'leaf') return node.entries[entryIndex(node.entries, before) - 1]
    for (let at = childIndex(node.children, before); at >= 0; at--) {
      const child = node.children[at]
      const found = child && this.lastIn(child.id, before)
      if (found) return found
    }
    return undefined
  }

  /** The file with this key. */
  get(key: FileKey): TreeEntry | undefined {
    const found = this.first(key)
    return found?.key === key ? found : undefined
  }

  /** The totals of the files from `start` (included) to `end` (excluded), without visiting them all. */
  totals(start: FileKey, end: FileKey): Totals {
    if (this.root === EMPTY_ROOT) return sumTotals([])
    return sumTotals(this.parts(this.root, start, end, END_KEY))
  }

  /** The totals of the whole tree. */
  all(): Totals {
    return this.totals('', END_KEY)
  }

  private *parts(id: number, start: FileKey, end: FileKey, nodeEnd: FileKey): Generator<Totals> {
    const node = this.nodes.load(id)
    if (node.kind === 'leaf') {
      const to = entryIndex(node.entries, end)
      for (let at = entryIndex(node.entries, start); at < to; at++) {
        const entry = node.entries[at]
        if (entry) yield totalsOfEntry(entry)
      }
      return
    }
    for (const { child, childEnd } of childrenWithin(node, start, end, nodeEnd)) {
      if (child.firstKey >= start && childEnd <= end) yield child
      else yield* this.parts(child.id, start, end, childEnd)
    }
  }

  /**
   * A text that is the same for two ranges when they are built of the same nodes:
   * equal texts mean equal files, unequal texts mean nothing.
   */
  fingerprint(start: FileKey, end: FileKey): string {
    return this.root === EMPTY_ROOT ? '' : [...this.pieces(this.root, start, end, END_KEY)].join(' ')
  }

  private *pieces(id: number, start: FileKey, end: FileKey, nodeEnd: FileKey): Generator<string> {
    const node = this.nodes.load(id)
    if (node.kind === 'leaf') {
      yield `${id}:${entryIndex(node.entries, start)}-${entryIndex(node.entries, end)}`
      return
    }
    for (const { child, childEnd } of childrenWithin(node, start, end, nodeEnd)) {
      if (child.firstKey >= start && childEnd <= end) yield String(child.id)
      else yield* this.pieces(child.id, start, end, childEnd)
    }
  }
}

function* childrenWithin(node: Extract<TreeNode, { kind: 'inner' }>, start: FileKey, end: FileKey, nodeEnd: FileKey) {
  for (let at = childIndex(node.children, start); at < node.children.length; at++) {
    const child = node.children[at]
    if (!child || child.firstKey >= end) return
    yield { child, childEnd: node.children[at + 1]?.firstKey ?? nodeEnd }
  }
}

/** The files that differ between two trees, in key order; subtrees that they share are not visited. */
export function* differentFiles(nodes: NodeSource, old: number, young: number): Generator<{ key: FileKey; old?: TreeEntry; young?: TreeEntry }> {
  const [left, right] = [new Cursor(nodes, old), new Cursor(nodes, young)]
  for (;;) {
    if (skipShared(left, right)) continue
    const [a, b] = [left.entry(), right.entry()]
    if (!a && !b) return
    if (a && (!b || a.key < b.key)) {
      yield { key: a.key, old: a }
      left.next()
    } else if (b && (!a || b.key < a.key)) {
      yield { key: b.key, young: b }
      right.next()
    } else if (a && b) {
      if (!a.content.hash.equals(b.content.hash) || a.content.size !== b.content.size) yield { key: a.key, old: a, young: b }
      left.next()
      right.next()
    }
  }
}

/** Steps over a subtree that both cursors are at the beginning of. */
function skipShared(left: Cursor, right: Cursor): boolean {
  const begun = right.begun()
  const shared = left.begun().find(id => begun.includes(id))
  if (shared === undefined) return false
  left.leave(shared)
  right.leave(shared)
  return true
}

interface Step {
  readonly id: number
  readonly node: TreeNode
  at: number
}

/** A place in a tree that can be moved over whole subtrees, which it does not load. */
class Cursor {
  private readonly steps: Step[] = []
  /** The subtree that comes next, not yet loaded. */
  private ahead: number | undefined

  constructor(
    private readonly nodes: NodeSource,
    root: number,
  ) {
    this.ahead = root === EMPTY_ROOT ? undefined : root
  }

  entry(): TreeEntry | undefined {
    while (this.ahead !== undefined) {
      const node = this.nodes.load(this.ahead)
      this.steps.push({ id: this.ahead, node, at: 0 })
      this.ahead = node.kind === 'inner' ? node.children[0]?.id : undefined
    }
    const step = this.steps.at(-1)
    return step?.node.kind === 'leaf' ? step.node.entries[step.at] : undefined
  }

  /** The subtrees whose first file the cursor is at, the largest first. */
  begun(): number[] {
    const ids = this.ahead === undefined ? [] : [this.ahead]
    for (let depth = this.steps.length - 1; depth >= 0 && this.steps[depth]?.at === 0; depth--) ids.unshift(this.steps[depth]?.id ?? 0)
    return ids
  }

  next(): void {
    const leaf = this.steps.at(-1)
    if (!leaf) return
    leaf.at++
    if (leaf.node.kind === 'leaf' && leaf.at >= leaf.node.entries.length) this.leave(leaf.id)
  }

  /** Goes to the first file behind a subtree that the cursor is in. */
  leave(id: number): void {
    if (this.ahead === id) this.ahead = undefined
    else while (this.steps.length > 0 && this.steps.pop()?.id !== id);
    for (;;) {
      const parent = this.steps.at(-1)
      if (parent?.node.kind !== 'inner') return
      parent.at++
      this.ahead = parent.node.children[parent.at]?.id
      if (this.ahead !== undefined) return
      this.steps.pop()
    }
  }
}
