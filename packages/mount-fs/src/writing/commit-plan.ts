/** The difference between a working copy and its branch, as one snapshot. */
import { childPath, components, splitPath } from '../path-names.js'
import type { Overlay } from './overlay.js'
import { type Content, type DirectoryNode, type FileNode, HIDDEN_NAME, type LinkNode, type WorkingNode } from './working-node.js'

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

/** What one commit changes. */
export interface CommitPlan {
  readonly removals: readonly string[]
  readonly files: readonly PlannedFile[]
  readonly directories: readonly PlannedDirectory[]
  /** Directories that were walked, with the paths that they have now. */
  readonly walked: readonly PlannedDirectory[]
}

/** Looks into the directories that links lead to, so that a plan finds the files there. Rejects with PachdError. */
export async function loadLinkTargets(overlay: Overlay): Promise<void> {
  const targets: string[] = []
  const walk = (node: DirectoryNode, path: string) => {
    for (const [name, child] of node.children ?? []) {
      const at = childPath(path, name)
      if (child.kind === 'directory') walk(child, at)
      else if (child.kind === 'link' && child.branchPath !== at) targets.push(...(targetPath(at, child) ?? []))
    }
  }
  walk(overlay.root, '/')
  for (const target of targets) await overlay.node(target)
}

/** Takes the snapshot in one go, so that it is the state of one moment. */
export function planCommit(overlay: Overlay): CommitPlan {
  const files: PlannedFile[] = []
  const directories: PlannedDirectory[] = []
  const walked: PlannedDirectory[] = []
  const kept = new Set<string>()

  // A directory that was renamed takes its files along in the branch too: what came back to its place is to be sent again.
  const walk = (node: DirectoryNode, path: string, isGone: boolean) => {
    const isHere = node.branchPath === path
    const isGoneHere = isGone || (!isHere && overlay.removed.has(path))
    if (isHere && !isGone) kept.add(path)
    if (!node.children) {
      if ((!isHere || isGone) && node.origin) directories.push({ path, node })
      return
    }
    walked.push({ path, node })
    for (const [name, child] of node.children) {
      const at = childPath(path, name)
      if (HIDDEN_NAME.test(name)) continue
      if (child.kind === 'directory') walk(child, at, isGoneHere)
      else if (child.branchPath === at && !isGoneHere && (child.kind === 'link' || child.isClean)) kept.add(at)
      else if (child.kind === 'file') files.push({ path: at, content: child.content, node: child })
      else planLink(child, at)
    }
  }
  const planLink = (link: LinkNode, path: string) => {
    const target = linkedFile(overlay.root, path, link)
    if (target) files.push({ path, content: target.content, node: link })
  }
  walk(overlay.root, '/', false)
  return { removals: [...overlay.removed].filter(path => !kept.has(path)), files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), directories, walked }
}

/** Whether there is nothing to commit. */
export function isEmptyPlan({ removals, files, directories }: CommitPlan): boolean {
  return removals.length === 0 && files.length === 0 && directories.length === 0
}

/** Notes that the branch now holds what was planned. What was changed since has another content and stays to be committed. */
export function markCommitted(overlay: Overlay, plan: CommitPlan): void {
  for (const path of plan.removals) overlay.removed.delete(path)
  for (const { path, content, node } of plan.files) {
    node.branchPath = path
    if (node.kind === 'file') node.isClean = node.content === content
  }
  for (const { path, node } of [...plan.directories, ...plan.walked]) node.branchPath = path
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
  let node: WorkingNode | undefined = root
  for (const name of components(target)) node = node?.kind === 'directory' ? node.children?.get(name) : undefined
  if (node?.kind === 'link') return linkedFile(root, target, node, depth + 1)
  return node?.kind === 'file' ? node : undefined
}
