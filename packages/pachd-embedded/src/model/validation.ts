/** What a tree of files may not hold: a file that is a directory as well, or one path from two datums. */
import { datumOfKey, pathOfKey } from '../tree/tree-node.js'
import type { FileKey, TreeEntry } from '../tree/tree-node.js'
import type { NodeSource } from '../tree/tree-nodes.js'
import { differentFiles } from '../tree/tree-reader.js'
import type { TreeReader } from '../tree/tree-reader.js'

/** Up to so many keys are looked at one by one; beyond it the whole tree is. */
const MOST_KEYS = 1000
/** So many files are looked at before others get their turn. */
const FILES_AT_A_TIME = 10_000

/** What is wrong with two files that follow each other. */
export function conflict(left: TreeEntry, right: TreeEntry): string | undefined {
  const [a, b] = [pathOfKey(left.key), pathOfKey(right.key)]
  if (a === b) return `duplicate path output by different datums (${a} from ${datumOfKey(left.key)} and ${b} from ${datumOfKey(right.key)})`
  return b.startsWith(`${a}/`) ? `file / directory path collision (${b})` : undefined
}

/** The first thing wrong with a tree, given the tree that it was made from, in which nothing is wrong. */
export async function findConflict(nodes: NodeSource, base: number, tree: TreeReader): Promise<string | undefined> {
  const keys: FileKey[] = []
  for (const { key } of differentFiles(nodes, base, tree.root)) {
    if (keys.length === MOST_KEYS) return scan(tree)
    keys.push(key)
  }
  for (const key of keys) {
    const before = tree.last(key)
    const at = tree.first(key)
    const after = at && tree.first(`${at.key}\0`)
    const found = (before && at && conflict(before, at)) ?? (at && after && conflict(at, after))
    if (found) return found
  }
  return undefined
}

async function scan(tree: TreeReader): Promise<string | undefined> {
  let before: TreeEntry | undefined
  let count = 0
  for (const entry of tree.from('')) {
    const found = before && conflict(before, entry)
    if (found) return found
    before = entry
    if (++count % FILES_AT_A_TIME === 0) await new Promise(setImmediate)
  }
  return undefined
}
