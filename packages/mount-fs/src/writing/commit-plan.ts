/** The difference between a working copy and its branch, as one snapshot. */
import { childPath, components, splitPath } from '../path-names.js'
import { refusalOf } from './refused-names.js'
import { childrenOf, type Content, type DirectoryNode, type FileNode, HIDDEN_NAME, type LinkNode, type WorkingNode } from './working-node.js'
import type { WorkingTree } from './working-tree.js'

/** A path that gets the content of a file. */
export interface PlannedFile {
  readonly path: string
  readonly content: Content
  /** The node that is clean once this is committed. */
  readonly node: FileNode | LinkNode
}

/** A directory that was renamed and not looked into: it is copied inside pachd. */
export interface PlannedDirectory {
  readonly path: string
  readonly node: DirectoryNode
}

/** A link that the branch has a file for, and that leads to none any more. */
export interface EndedLink {
  readonly path: string
  readonly node: LinkNode
}

/** What one commit changes. */
export interface CommitPlan {
  readonly removals: readonly string[]
  readonly ended: readonly EndedLink[]
  readonly files: readonly PlannedFile[]
  readonly directories: readonly PlannedDirectory[]
  /** Directories that were walked, with the paths that they have now. */
  readonly walked: readonly PlannedDirectory[]
}

/**
 * Looks into the directories that a plan has to know: those of which something is known that are not where the branch
 * has them, and those that links lead to. Rejects with PachdError.
 */
export async function loadForPlan(tree: WorkingTree): Promise<void> {
  const targets: string[] = []
  const walk = async (node: DirectoryNode, path: string, isMoved: boolean) => {
    const isPartial = !node.isLoaded && (node.children.size > 0 || node.gone.size > 0)
    if (isPartial && isMoved) await childrenOf(node)
    for (const [name, child] of node.children) {
      const at = childPath(path, name)
      if (child.kind === 'directory') await walk(child, at, isMoved || child.branchPath !== at || tree.removed.has(at))
      else if (child.kind === 'link') targets.push(...(targetPath(at, child) ?? []))
    }
  }
  await walk(tree.root, '/', false)
  for (const target of targets) {
    let node: WorkingNode | undefined = tree.root
    for (const name of components(target)) node = node?.kind === 'directory' ? (await childrenOf(node)).get(name) : undefined
  }
}

/** Takes the snapshot in one go, so that it is the state of one moment. */
export function planCommit(tree: WorkingTree): CommitPlan {
  const files: PlannedFile[] = []
  const directories: PlannedDirectory[] = []
  const walked: PlannedDirectory[] = []
  const ended: EndedLink[] = []
  const links: { readonly link: LinkNode; readonly at: string; readonly isThere: boolean }[] = []
  const kept = new Set<string>()

  // A directory that was renamed takes its files along in the branch too: what came back to its place is to be sent again.
  const walk = (node: DirectoryNode, path: string, isGone: boolean) => {
    const isHere = node.branchPath === path
    const isGoneHere = isGone || (!isHere && tree.removed.has(path))
    if (isHere && !isGone) kept.add(path)
    if (!node.isLoaded && node.children.size === 0 && node.gone.size === 0) {
      if (!isHere || isGone) directories.push({ path, node })
      return
    }
    walked.push({ path, node })
    for (const [name, child] of node.children) {
      const at = childPath(path, name)
      if (HIDDEN_NAME.test(name)) continue
      if (child.kind === 'directory') walk(child, at, isGoneHere)
      else if (child.kind === 'link') links.push({ link: child, at, isThere: child.branchPath === at && !isGoneHere })
      else if (child.branchPath === at && !isGoneHere && child.isClean) kept.add(at)
      else files.push({ path: at, content: child.content, node: child })
    }
  }
  walk(tree.root, '/', false)
  // The copy that the branch has in the place of a link is as good as long as what it leads to is as in the branch.
  const changed = new Set(files.map(({ node }) => node))
  for (const { link, at, isThere } of links) {
    const target = linkedFile(tree.root, at, link)
    if (!target && isThere) ended.push({ path: at, node: link })
    else if (target && isThere && !changed.has(target)) kept.add(at)
    else if (target) files.push({ path: at, content: target.content, node: link })
  }
  // What pachd refuses by its name, the branch does not hold, however a commit of it ended.
  const sent = new Set([...files, ...directories].map(({ path }) => path))
  const removals = new Set([...tree.removed, ...ended.map(({ path }) => path), ...[...tree.uncertain].filter(path => !sent.has(path) && refusalOf(path) === undefined)])
  return { removals: [...removals].filter(path => !kept.has(path)), ended, files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), directories, walked }
}

/** Whether there is nothing to commit. */
export function isEmptyPlan({ removals, files, directories }: CommitPlan): boolean {
  return removals.length === 0 && files.length === 0 && directories.length === 0
}

/**
 * Takes the tree to a branch that holds what was planned. What was changed since has another content and stays to be
 * committed; what was moved or deleted since is to be removed where the branch holds it now.
 */
export function markCommitted(tree: WorkingTree, plan: CommitPlan): void {
  for (const path of plan.removals) tree.removed.delete(path)
  tree.uncertain.clear()
  for (const { node } of plan.ended) node.branchPath = undefined
  for (const { path, content, node } of plan.files) {
    node.branchPath = path
    if (node.kind === 'file') node.isClean = node.content === content
  }
  for (const { path, node } of [...plan.directories, ...plan.walked]) node.branchPath = path
  for (const { path, node } of [...plan.files, ...plan.directories, ...plan.walked]) if (knownNode(tree.root, path) !== node) tree.removed.add(path)
}

/** How many bytes a content has. */
export function sizeOf(content: Content): number {
  return content.at === 'stage' ? content.file.sizeBytes : content.sizeBytes
}

function knownNode(root: DirectoryNode, path: string): WorkingNode | undefined {
  let node: WorkingNode | undefined = root
  for (const name of components(path)) node = node?.kind === 'directory' ? node.children.get(name) : undefined
  return node
}

/** The path that a link leads to, in a list; undefined when it leads out of the mount. */
function targetPath(path: string, { target }: LinkNode): [string] | undefined {
  if (target.startsWith('/')) return undefined
  const at = components(splitPath(path)?.directory ?? '/')
  for (const name of target.split('/')) {
    if (name === '' || name === '.') continue
    if (name !== '..') at.push(name)
    else if (at.pop() === undefined) return undefined
  }
  return [`/${at.join('/')}`]
}

/** The file of the working copy that a link leads to; undefined for links to nowhere, to directories and out of the mount. */
function linkedFile(root: DirectoryNode, path: string, link: LinkNode, depth = 0): FileNode | undefined {
  const [target] = targetPath(path, link) ?? []
  if (depth > 40 || target === undefined) return undefined
  const node = knownNode(root, target)
  if (node?.kind === 'link') return linkedFile(root, target, node, depth + 1)
  return node?.kind === 'file' ? node : undefined
}
