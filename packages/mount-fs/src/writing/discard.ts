/** Throwing changes away: the branch's files come back in their place. */
import { isNotFound } from '@jupyterlab-pachyderm/pachd-client'

import type { Attributes } from '../attributes.js'
import { FsError } from '../errors.js'
import { childPath, components, isWithin, splitPath } from '../path-names.js'
import type { PathSelection } from '../path-selection.js'
import type { CommitTree } from '../reading/tree.js'
import { childrenOf, committedFileNode, directoryNode, type DirectoryNode, type WorkingNode } from './working-node.js'
import type { Slot, WorkingTree } from './working-tree.js'

/** Starts again with `root`, which shows the commit of `known`. */
export function discardAll(tree: WorkingTree, known: CommitTree | undefined, root: DirectoryNode): void {
  const before = tree.root
  tree.reset(known, root)
  abandonAll(tree, before)
}

/**
 * Brings back what the commit of `known` has at `path`, with all below it; what it does not have is taken away. Rejects with
 * FsError ENOTDIR when a file is now where the directory of `path` was.
 */
export async function discardPath(tree: WorkingTree, known: CommitTree | undefined, path: string, selection: PathSelection | undefined): Promise<void> {
  const clean = `/${components(path).join('/')}`
  const isShown = selection?.shows(clean) !== false
  const held = isShown ? await heldBy(known, clean) : undefined
  const slot = await slotFor(tree, clean, { make: held !== undefined })
  if (!slot) {
    forget(tree, clean)
    return
  }
  if (slot.node) {
    tree.drop(slot)
    if (slot.node.kind === 'directory') abandonAll(tree, slot.node)
  }
  forget(tree, clean)
  if (!held || !known) return
  const node: WorkingNode =
    held.kind === 'directory'
      ? directoryNode({ origin: { tree: known, path: clean, selection }, branchPath: clean, modifiedMs: held.modifiedMs })
      : committedFileNode({ at: 'commit', tree: known, path: clean, sizeBytes: held.sizeBytes }, { branchPath: clean, modifiedMs: held.modifiedMs })
  tree.put({ ...slot, node: undefined }, node)
}

/** What the commit has at `path`; nothing when the commit was deleted. */
async function heldBy(known: CommitTree | undefined, path: string): Promise<Attributes | undefined> {
  try {
    return await known?.find(path)
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw error
  }
}

function forget(tree: WorkingTree, path: string): void {
  if ([...tree.removed].some(removed => isWithin(removed, path))) tree.restore(path)
}

async function slotFor(tree: WorkingTree, path: string, { make }: { make: boolean }): Promise<Slot | undefined> {
  const place = splitPath(path)
  if (!place) throw new FsError('EINVAL', 'discard all changes, or name paths below the mount')
  let directory = tree.root
  let at = '/'
  for (const name of components(place.directory)) {
    const children = await childrenOf(directory)
    const above = at
    at = childPath(above, name)
    let next = children.get(name)
    if (!next) {
      if (!make) return undefined
      next = directoryNode()
      tree.put({ directory, name, path: at, node: undefined }, next)
    }
    if (next.kind !== 'directory') throw new FsError('ENOTDIR', `${path} cannot come back while ${at} is a file; discard that, too`)
    directory = next
  }
  return { directory, name: place.name, path, node: (await childrenOf(directory)).get(place.name) }
}

function abandonAll(tree: WorkingTree, directory: DirectoryNode): void {
  for (const child of directory.children.values()) {
    if (child.kind === 'directory') abandonAll(tree, child)
    else tree.abandon(child)
  }
}
