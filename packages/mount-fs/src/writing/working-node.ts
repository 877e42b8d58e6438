/** The nodes of a working copy: directories that are looked into when needed, files, and symbolic links. */
import { type Attributes, directoryAttributes, type Moment } from '../attributes.js'
import { childPath } from '../path-names.js'
import type { PathSelection } from '../path-selection.js'
import type { CommitTree } from '../reading/tree.js'
import type { StagedFile } from './staged-file.js'

/** A file of a commit. */
export interface CommittedContent {
  readonly at: 'commit'
  readonly tree: CommitTree
  readonly path: string
  readonly sizeBytes: number
}

/** Where the bytes of a file are: unchanged in a commit, or changed and on the local disk. */
export type Content = CommittedContent | { readonly at: 'stage'; readonly file: StagedFile }

/** Times that a program has set, as far as the last change in milliseconds does not say them. */
export interface SetTimes {
  readonly modified: Moment
  readonly accessed: Moment
}

/** Permission bits that a program has set; undefined where none has. */
type Mode = number | undefined

interface AnyNode {
  /** By this number the journal speaks of the node; undefined while the journal does not know it. */
  id: number | undefined
  modifiedMs: number
  /** The nanoseconds of its last change count only while `modifiedMs` is the same: writing moves that. */
  times?: SetTimes | undefined
  /** Where the branch holds this node; undefined when it does not. */
  branchPath: string | undefined
}

/** A file of the working copy. */
export interface FileNode extends AnyNode {
  readonly kind: 'file'
  content: Content
  mode: Mode
  /** Whether what the branch holds at `branchPath` is this very content. */
  isClean: boolean
  /** Whether it was deleted; who has it open goes on with it. */
  isGone: boolean
  /** Work on the content, one after the other. */
  work: Promise<unknown>
}

/** A directory of the working copy. */
export interface DirectoryNode extends AnyNode {
  readonly kind: 'directory'
  mode: Mode
  /** The directory of a commit that it started as. */
  readonly origin: Origin | undefined
  /** What is known to be in it; all of it once it is loaded. */
  children: Map<string, WorkingNode>
  isLoaded: boolean
  /** Names of the origin that were taken away. */
  readonly gone: Set<string>
  loading: Promise<Map<string, WorkingNode>> | undefined
}

/** A symbolic link. pachd has none: a commit holds the file that it points to. */
export interface LinkNode extends AnyNode {
  readonly kind: 'link'
  readonly target: string
}

export type WorkingNode = FileNode | DirectoryNode | LinkNode

/** A directory of a commit, as far as the mount shows it. */
export interface Origin {
  readonly tree: CommitTree
  readonly path: string
  readonly selection: PathSelection | undefined
}

/** The work on a file to which nothing is being done. */
export const NO_WORK: Promise<unknown> = Promise.resolve()

/** libfuse gives files that are deleted while open such a name until they are closed. */
export const HIDDEN_NAME = /^\.fuse_hidden[0-9a-f]+$/

/** A directory with nothing in it, or with what `origin` holds. */
export function directoryNode(options: Partial<Pick<DirectoryNode, 'origin' | 'branchPath' | 'modifiedMs' | 'mode'>> = {}): DirectoryNode {
  const { origin, branchPath, modifiedMs = Date.now(), mode } = options
  return { kind: 'directory', id: undefined, origin, branchPath, modifiedMs, mode, children: new Map(), isLoaded: !origin, gone: new Set(), loading: undefined }
}

/** A file that the branch does not hold. */
export function newFileNode(content: Content, mode?: Mode): FileNode {
  return { kind: 'file', id: undefined, content, mode, modifiedMs: Date.now(), branchPath: undefined, isClean: false, isGone: false, work: NO_WORK }
}

/** A file as a commit holds it; `branchPath` says where the branch has it, if it does. */
export function committedFileNode(content: CommittedContent, { branchPath, modifiedMs }: Pick<FileNode, 'branchPath' | 'modifiedMs'>): FileNode {
  return { ...newFileNode(content), modifiedMs, branchPath, isClean: branchPath !== undefined }
}

/** What stat says. */
export function attributesOf(node: WorkingNode): Attributes {
  const { modifiedMs } = node
  const times = node.times && { modifiedNs: modifiedOf(node).ns, accessed: node.times.accessed }
  if (node.kind === 'directory') return { ...directoryAttributes(modifiedMs), mode: node.mode, ...times }
  if (node.kind === 'link') return { kind: 'link', sizeBytes: Buffer.byteLength(node.target), mode: undefined, modifiedMs, ...times }
  const { content } = node
  return { kind: 'file', sizeBytes: content.at === 'stage' ? content.file.sizeBytes : content.sizeBytes, mode: node.mode, modifiedMs, ...times }
}

/** The last change of a node. */
export function modifiedOf({ modifiedMs, times }: Pick<WorkingNode, 'modifiedMs' | 'times'>): Moment {
  return { ms: modifiedMs, ns: times?.modified.ms === modifiedMs ? times.modified.ns : 0 }
}

/** The nodes in a directory; asks pachd the first time. Rejects with PachdError. */
export function childrenOf(node: DirectoryNode): Promise<Map<string, WorkingNode>> {
  if (node.isLoaded) return Promise.resolve(node.children)
  node.loading ??= load(node).catch((error: unknown) => {
    node.loading = undefined
    throw error
  })
  return node.loading
}

/** What the origin of a directory has under `name`, when that is a directory. */
export function originOf({ origin }: DirectoryNode, name: string): Origin | undefined {
  return origin && { ...origin, path: childPath(origin.path, name) }
}

/** Where the branch holds a child that nobody changed; undefined when it does not. */
export function branchPathOf({ branchPath }: DirectoryNode, name: string): string | undefined {
  return branchPath === undefined ? undefined : childPath(branchPath, name)
}

async function load(node: DirectoryNode): Promise<Map<string, WorkingNode>> {
  const { origin } = node
  if (!origin) return node.children
  const listing = await origin.tree.list(origin.path)
  const children = new Map<string, WorkingNode>()
  for (const [name, { kind, sizeBytes, modifiedMs }] of listing) {
    const path = childPath(origin.path, name)
    const known = node.children.get(name)
    if (known?.id === undefined && known?.kind === 'directory') known.modifiedMs = modifiedMs
    if (known || node.gone.has(name) || origin.selection?.shows(path) === false) continue
    const branchPath = branchPathOf(node, name)
    if (kind === 'directory') children.set(name, directoryNode({ origin: { ...origin, path }, branchPath, modifiedMs }))
    else children.set(name, committedFileNode({ at: 'commit', tree: origin.tree, path, sizeBytes }, { branchPath, modifiedMs }))
  }
  for (const [name, known] of node.children) children.set(name, known)
  node.children = children
  node.isLoaded = true
  return children
}
