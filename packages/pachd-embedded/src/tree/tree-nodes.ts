/** Loading the nodes of trees from the store, the recent ones from memory. */
import { ModelError } from '../model-error.js'
import type { Rows } from '../store/store.js'
import { readNode } from './tree-node.js'
import type { TreeNode } from './tree-node.js'

/** The root of a commit without files. */
export const EMPTY_ROOT = 0

const PREFIX = Buffer.from('n')
/** The range of all rows that hold a node. */
export const NODE_ROWS = { start: PREFIX, end: Buffer.from('o') }
/** The row that holds the number of the next node. */
export const NEXT_NODE_ROW = Buffer.from('m/next-node')

/** The row of a node. */
export function nodeRow(id: number): Buffer {
  const key = Buffer.allocUnsafe(7)
  key[0] = PREFIX[0] ?? 0
  key.writeUIntBE(id, 1, 6)
  return key
}

/** The number in the key of a node's row. */
export const idOfNodeRow = (key: Uint8Array): number => Buffer.from(key).readUIntBE(1, 6)

/** What a node is loaded from. */
export interface NodeSource {
  load(id: number): TreeNode
}

/** Loads a node from rows. Throws DATA_LOSS when it is not there or is no node. */
export function loadNode(rows: Rows, id: number): TreeNode {
  const bytes = rows.get(nodeRow(id))
  if (!bytes) throw new ModelError('DATA_LOSS', `node ${id} of a tree of files is missing; run \`pachd-embedded fsck\``)
  try {
    return readNode(bytes)
  } catch (cause) {
    throw new ModelError('DATA_LOSS', `node ${id} of a tree of files is damaged; run \`pachd-embedded fsck\``, { cause })
  }
}

/** Nodes never change, so that a node read once may be kept; at most `capacity` of them are. */
export class NodeCache implements NodeSource {
  private readonly nodes = new Map<number, TreeNode>()

  constructor(
    private readonly rows: Rows,
    private readonly capacity = 512,
  ) {}

  load(id: number): TreeNode {
    const known = this.nodes.get(id)
    if (known) {
      this.nodes.delete(id)
      this.nodes.set(id, known)
      return known
    }
    const node = loadNode(this.rows, id)
    this.nodes.set(id, node)
    if (this.nodes.size > this.capacity) {
      for (const oldest of this.nodes.keys()) {
        this.nodes.delete(oldest)
        break
      }
    }
    return node
  }
}
