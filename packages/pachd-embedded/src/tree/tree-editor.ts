/** Changing trees of files: every change makes new nodes up to a new root, and shares all others. */
import type { WritableRows } from '../store/store.js'
import type { Content } from '../chunks/content.js'
import type { ChildLink, FileKey, TreeEntry, TreeNode } from './tree-node.js'
import { NODE_BYTES, roomOf, sumTotals, totalsOfEntry, writeNode } from './tree-node.js'
import { EMPTY_ROOT, NEXT_NODE_ROW, nodeRow } from './tree-nodes.js'
import type { NodeSource } from './tree-nodes.js'
import { END_KEY, entryIndex } from './tree-reader.js'

/** What becomes of one file: its new content, or undefined when it goes. */
export interface TreeEdit {
  readonly key: FileKey
  readonly content: Content | undefined
}

/** Nodes that grow beyond this share of NODE_BYTES are cut; the rest is room for the next files. */
const FULL = 0.94
/** A changed node that is emptier than this is joined with its neighbour. */
const SPARSE_BYTES = NODE_BYTES / 3

/** Makes new trees in one write. Nodes made by an editor and replaced by the same editor are removed again. */
export class TreeEditor {
  private nextId: number
  private readonly made = new Map<number, TreeNode>()

  /** `ownedFrom`: the first node that only the caller knows, from earlier editors of the same change; such nodes may go, too. */
  constructor(
    private readonly rows: WritableRows,
    private readonly nodes: NodeSource,
    private readonly ownedFrom = Infinity,
  ) {
    this.nextId = nextNodeId(rows)
  }

  private load(id: number): TreeNode {
    return this.made.get(id) ?? this.nodes.load(id)
  }

  private make(node: TreeNode): ChildLink {
    const id = this.nextId++
    this.made.set(id, node)
    const totals = sumTotals(node.kind === 'leaf' ? node.entries.map(totalsOfEntry) : node.children)
    const firstKey = node.kind === 'leaf' ? node.entries[0]?.key : node.children[0]?.firstKey
    return { id, firstKey: firstKey ?? '', ...totals }
  }

  private drop(id: number): void {
    if (!this.made.delete(id) && id >= this.ownedFrom) this.rows.remove(nodeRow(id))
  }

  /** Applies edits, which are in key order with one for each key, and gives the new root. */
  apply(root: number, edits: readonly TreeEdit[]): number {
    if (edits.length === 0) return root
    const links = root === EMPTY_ROOT ? this.leaves(edits.flatMap(toEntry)) : this.edit(root, edits)
    return this.rootOver(links)
  }

  /** Removes all files from `start` (included) to `end` (excluded), and gives the new root. */
  removeRange(root: number, start: FileKey, end: FileKey): number {
    return root === EMPTY_ROOT ? root : this.rootOver(this.cut(root, start, end, END_KEY))
  }

  private rootOver(links: readonly ChildLink[]): number {
    let level = links
    while (level.length > 1) level = this.inner(level)
    let root = level[0]?.id ?? EMPTY_ROOT
    // A root with one child is no help to anybody.
    for (let node = root === EMPTY_ROOT ? undefined : this.load(root); node?.kind === 'inner' && node.children.length === 1; node = this.load(root)) {
      this.drop(root)
      root = node.children[0]?.id ?? EMPTY_ROOT
    }
    return root
  }

  private edit(id: number, edits: readonly TreeEdit[]): ChildLink[] {
    const node = this.load(id)
    this.drop(id)
    if (node.kind === 'leaf') return this.leaves(merge(node.entries, edits))
    const links: ChildLink[] = []
    const changed = new Set<number>()
    let at = 0
    for (const [index, child] of node.children.entries()) {
      const end = node.children[index + 1]?.firstKey ?? END_KEY
      const start = at
      while (at < edits.length && (edits[at]?.key ?? '') < end) at++
      if (start === at) {
        links.push(child)
        continue
      }
      for (const link of this.edit(child.id, edits.slice(start, at))) {
        changed.add(link.id)
        links.push(link)
      }
    }
    return this.inner(this.joinSparse(links, changed))
  }

  private cut(id: number, start: FileKey, end: FileKey, nodeEnd: FileKey): ChildLink[] {
    const node = this.load(id)
    if (node.kind === 'leaf') {
      const [from, to] = [entryIndex(node.entries, start), entryIndex(node.entries, end)]
      this.drop(id)
      return this.leaves([...node.entries.slice(0, from), ...node.entries.slice(to)])
    }
    this.drop(id)
    const links: ChildLink[] = []
    const changed = new Set<number>()
    for (const [index, child] of node.children.entries()) {
      const childEnd = node.children[index + 1]?.firstKey ?? nodeEnd
      if (childEnd <= start || child.firstKey >= end) links.push(child)
      else if (child.firstKey >= start && childEnd <= end) this.dropAll(child.id)
      else {
        for (const link of this.cut(child.id, start, end, childEnd)) {
          changed.add(link.id)
          links.push(link)
        }
      }
    }
    return links.length === 0 ? [] : this.inner(this.joinSparse(links, changed))
  }

  private dropAll(id: number): void {
    if (id < this.ownedFrom && !this.made.has(id)) return
    const node = this.load(id)
    if (node.kind === 'inner') for (const child of node.children) this.dropAll(child.id)
    this.drop(id)
  }

  /** Joins changed nodes that have become nearly empty with the node before them. */
  private joinSparse(links: readonly ChildLink[], changed: ReadonlySet<number>): ChildLink[] {
    const joined: ChildLink[] = []
    for (const link of links) {
      const before = joined.at(-1)
      if (before && (changed.has(link.id) || changed.has(before.id)) && this.fitTogether(before.id, link.id)) {
        joined.pop()
        const [left, right] = [this.load(before.id), this.load(link.id)]
        this.drop(before.id)
        this.drop(link.id)
        if (left.kind === 'leaf' && right.kind === 'leaf') joined.push(...this.leaves([...left.entries, ...right.entries]))
        else if (left.kind === 'inner' && right.kind === 'inner') joined.push(...this.inner([...left.children, ...right.children]))
      } else joined.push(link)
    }
    return joined
  }

  private fitTogether(left: number, right: number): boolean {
    const [a, b] = [this.roomTaken(left), this.roomTaken(right)]
    return (a < SPARSE_BYTES || b < SPARSE_BYTES) && a + b < NODE_BYTES * FULL
  }

  private roomTaken(id: number): number {
    const node = this.load(id)
    let sum = 0
    for (const item of node.kind === 'leaf' ? node.entries : node.children) sum += roomOf(item)
    return sum
  }

  private leaves(entries: readonly TreeEntry[]): ChildLink[] {
    return pieces(entries).map(part => this.make({ kind: 'leaf', entries: part }))
  }

  private inner(children: readonly ChildLink[]): ChildLink[] {
    return pieces(children).map(part => this.make({ kind: 'inner', children: part }))
  }

  /** Writes the nodes that are in use. Nothing of the editor is in the store before. */
  save(): void {
    for (const [id, node] of this.made) this.rows.put(nodeRow(id), writeNode(node))
    this.made.clear()
    const next = Buffer.alloc(6)
    next.writeUIntBE(this.nextId, 0, 6)
    this.rows.put(NEXT_NODE_ROW, next)
  }
}

/** The number that the next new node gets. */
export function nextNodeId(rows: { get(key: Uint8Array): Uint8Array | undefined }): number {
  const row = rows.get(NEXT_NODE_ROW)
  return row ? Buffer.from(row).readUIntBE(0, 6) : 1
}

const toEntry = ({ key, content }: TreeEdit): TreeEntry[] => (content ? [{ key, content }] : [])

function merge(entries: readonly TreeEntry[], edits: readonly TreeEdit[]): TreeEntry[] {
  const merged: TreeEntry[] = []
  let at = 0
  for (const edit of edits) {
    for (let entry = entries[at]; entry && entry.key < edit.key; entry = entries[at]) {
      merged.push(entry)
      at++
    }
    if (entries[at]?.key === edit.key) at++
    merged.push(...toEntry(edit))
  }
  for (; at < entries.length; at++) {
    const entry = entries[at]
    if (entry) merged.push(entry)
  }
  return merged
}

/** Cuts items into parts of about equal room, as few as fit into a node each. */
function pieces<T extends TreeEntry | ChildLink>(items: readonly T[]): T[][] {
  if (items.length === 0) return []
  let total = 0
  for (const item of items) total += roomOf(item)
  const limit = NODE_BYTES * FULL
  const target = total / Math.ceil(total / limit)
  const parts: T[][] = [[]]
  let room = 0
  for (const item of items) {
    const part = parts.at(-1)
    // An inner node has at least two children, or the tree would never end.
    const full = room > 0 && room + roomOf(item) / 2 > target && (part?.length ?? 0) >= 2
    if (full) {
      parts.push([item])
      room = roomOf(item)
    } else {
      part?.push(item)
      room += roomOf(item)
    }
  }
  return parts
}

