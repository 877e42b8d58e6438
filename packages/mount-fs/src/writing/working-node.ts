/** The nodes of a working copy: directories that are looked into when needed, files, and symbolic links. */
import { type Attributes, DIRECTORY_MODE, directoryAttributes, FILE_MODE } from '../attributes.js'
import { childPath } from '../path-names.js'
import type { PathSelection } from '../path-selection.js'
import type { StagedFile } from './stage.js'
import type { CommitTree } from '../reading/tree.js'

/** Where the bytes of a file are: unchanged in a commit, or on the local disk. */
export type Content =
  | { readonly at: 'commit'; readonly tree: CommitTree; readonly path: string; readonly sizeBytes: number }
  | { readonly at: 'stage'; readonly file: StagedFile }

/** A file of the working copy. */
export interface FileNode {
  readonly kind: 'file'
  content: Content
  mode: number
  modifiedMs: number
  /** Where the branch holds this file; undefined when it does not. */
  branchPath: string | undefined
  /** Whether what the branch holds there is this very content. */
  isClean: boolean
  /** Work on the content, one after the other. */
  work: Promise<unknown>
}

/** A directory of the working copy. */
export interface DirectoryNode {
  readonly kind: 'directory'
  modifiedMs: number
  branchPath: string | undefined
  /** The directory of a commit that it started as. */
  readonly origin: { readonly tree: CommitTree; readonly path: string; readonly selection: PathSelection | undefined } | undefined
  children: Map<string, WorkingNode> | undefined
  loading: Promise<Map<string, WorkingNode>> | undefined
}

/** A symbolic link. pachd has none: a commit holds the file that it points to. */
export interface LinkNode {
  readonly kind: 'link'
  readonly target: string
  readonly modifiedMs: number
  branchPath: string | undefined
}

export type WorkingNode = FileNode | DirectoryNode | LinkNode

/** The work on a file to which nothing is being done. */
export const NO_WORK: Promise<unknown> = Promise.resolve()

/** libfuse gives files that are deleted while open such a name until they are closed. */
export const HIDDEN_NAME = /^\.fuse_hidden[0-9a-f]+$/

/** A directory with nothing in it, or with what `origin` holds. */
export function directoryNode(options: Partial<Pick<DirectoryNode, 'origin' | 'branchPath' | 'modifiedMs'>> = {}): DirectoryNode {
  const { origin, branchPath, modifiedMs = Date.now() } = options
  return { kind: 'directory', origin, branchPath, modifiedMs, children: origin ? undefined : new Map(), loading: undefined }
}

/** A file that the branch does not hold. */
export function newFileNode(content: Content, mode = FILE_MODE): FileNode {
  return { kind: 'file', content, mode, modifiedMs: Date.now(), branchPath: undefined, isClean: false, work: NO_WORK }
}

/** What stat says. */
export function attributesOf(node: WorkingNode): Attributes {
  if (node.kind === 'directory') return { ...directoryAttributes(node.modifiedMs), mode: DIRECTORY_MODE }
  if (node.kind === 'link') return { kind: 'link', sizeBytes: Buffer.byteLength(node.target), mode: 0o777, modifiedMs: node.modifiedMs }
  const { content } = node
  return { kind: 'file', sizeBytes: content.at === 'stage' ? content.file.sizeBytes : content.sizeBytes, mode: node.mode, modifiedMs: node.modifiedMs }
}

/** The nodes in a directory; asks pachd the first time. Rejects with PachdError. */
export function childrenOf(node: DirectoryNode): Promise<Map<string, WorkingNode>> {
  if (node.children) return Promise.resolve(node.children)
  node.loading ??= load(node).then(
    children => (node.children = children),
    (error: unknown) => {
      node.loading = undefined
      throw error
    },
  )
  return node.loading
}

async function load({ origin, branchPath }: DirectoryNode): Promise<Map<string, WorkingNode>> {
  const children = new Map<string, WorkingNode>()
  if (!origin) return children
  const { tree, path, selection } = origin
  for (const [name, { kind, sizeBytes, mode, modifiedMs }] of await tree.list(path)) {
    const from = childPath(path, name)
    if (selection && !selection.shows(from)) continue
    const held = branchPath === undefined ? undefined : childPath(branchPath, name)
    if (kind === 'directory') children.set(name, directoryNode({ origin: { tree, path: from, selection }, branchPath: held, modifiedMs }))
    else children.set(name, { kind: 'file', content: { at: 'commit', tree, path: from, sizeBytes }, mode, modifiedMs, branchPath: held, isClean: held !== undefined, work: NO_WORK })
  }
  return children
}
