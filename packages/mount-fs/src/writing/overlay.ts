/** A commit with local changes laid over it, as a volume. Nothing leaves the machine here. */
import type { Attributes, DirectoryEntry } from '../attributes.js'
import { FsError } from '../errors.js'
import { childPath, components, isWithin, MAX_NAME_BYTES, splitPath } from '../path-names.js'
import type { AttributeChange, OpenFile, RenameOptions, Volume } from '../volume.js'
import { type EntryPage, pageOf, type PageQuery, sortedNames } from '../reading/sorted-names.js'
import type { StagedContents } from './staged-content.js'
import { attributesOf, childrenOf, directoryNode, HIDDEN_NAME, newFileNode, type WorkingNode } from './working-node.js'
import type { Slot, WorkingTree } from './working-tree.js'

/** The working copy as programs see it. */
export class Overlay implements Volume {
  readonly isWritable = true
  readonly #name: string
  readonly #tree: WorkingTree
  readonly #contents: StagedContents
  /** The shown names of directories in their order, good for one version of the tree. They go with the directories. */
  readonly #names = new WeakMap<ReadonlyMap<string, WorkingNode>, { readonly version: number; readonly names: readonly string[] }>()

  constructor(name: string, tree: WorkingTree, contents: StagedContents) {
    this.#name = name
    this.#tree = tree
    this.#contents = contents
  }

  /** The node at a path; undefined when there is none. */
  async node(path: string): Promise<WorkingNode | undefined> {
    let node: WorkingNode | undefined = this.#tree.root
    for (const name of components(path)) {
      if (node?.kind !== 'directory') return undefined
      node = (node.isLoaded ? node.children : await childrenOf(node)).get(name)
    }
    return node
  }

  async find(path: string): Promise<Attributes | undefined> {
    const node = await this.node(path)
    return node && attributesOf(node)
  }

  async list(path: string): Promise<DirectoryEntry[]> {
    const node = await this.#existing(path)
    if (node.kind !== 'directory') throw this.#error('ENOTDIR', path, 'not a directory')
    const entries: DirectoryEntry[] = []
    for (const [name, child] of await childrenOf(node)) {
      if (!HIDDEN_NAME.test(name)) entries.push({ name, attributes: attributesOf(child) })
    }
    return entries
  }

  async page(path: string, query: PageQuery): Promise<EntryPage> {
    const node = await this.#existing(path)
    if (node.kind !== 'directory') throw this.#error('ENOTDIR', path, 'not a directory')
    const children = await childrenOf(node)
    const names = sortedNames(this.#namesOf(children), name => {
      const child = children.get(name)
      return child && attributesOf(child)
    })
    return pageOf(names, query)
  }

  async open(path: string, { write }: { write: boolean }): Promise<OpenFile> {
    const node = await this.#existing(path)
    if (node.kind !== 'file') throw this.#error(node.kind === 'directory' ? 'EISDIR' : 'EINVAL', path, 'not a file')
    return this.#contents.open(node, path, { write })
  }

  async create(path: string, mode?: number): Promise<OpenFile> {
    const slot = await this.#slot(path)
    if (slot.node) return this.open(path, { write: true })
    const node = newFileNode(this.#contents.empty(), mode)
    this.#tree.put(slot, node)
    return this.#contents.open(node, path, { write: true })
  }

  async truncate(path: string, sizeBytes: number): Promise<void> {
    const node = await this.#existing(path)
    if (node.kind !== 'file') throw this.#error('EISDIR', path, 'is a directory')
    await this.#contents.truncate(node, path, sizeBytes)
  }

  async change(path: string, { mode, modified, accessed }: AttributeChange): Promise<void> {
    const node = await this.#existing(path)
    if (mode !== undefined && node.kind !== 'link' && mode !== node.mode) this.#tree.setMode(node, path, mode)
    if (modified || accessed) this.#tree.setTimes(node, path, { modified, accessed })
  }

  async makeDirectory(path: string, mode?: number): Promise<void> {
    const slot = await this.#slot(path)
    if (slot.node) throw this.#error('EEXIST', path, 'already exists')
    this.#tree.put(slot, directoryNode({ mode }))
  }

  async removeDirectory(path: string): Promise<void> {
    const slot = await this.#slot(path)
    if (!slot.node) throw this.#error('ENOENT', path, 'no such directory')
    await this.#checkEmptyDirectory(slot.node, path)
    this.#tree.drop(slot)
  }

  async remove(path: string): Promise<void> {
    const slot = await this.#slot(path)
    if (!slot.node) throw this.#error('ENOENT', path, 'no such file')
    if (slot.node.kind === 'directory') throw this.#error('EISDIR', path, 'is a directory')
    this.#tree.drop(slot)
  }

  async rename(from: string, to: string, { replace = true }: RenameOptions = {}): Promise<void> {
    if (from === to) return
    if (isWithin(to, from)) throw this.#error('EINVAL', from, `cannot be moved into itself (${to})`)
    const source = await this.#slot(from)
    if (!source.node) throw this.#error('ENOENT', from, 'no such file or directory')
    const target = await this.#slot(to)
    if (target.node) {
      if (!replace) throw this.#error('EEXIST', to, 'already exists')
      const [isDirectory, isOverDirectory] = [source.node.kind === 'directory', target.node.kind === 'directory']
      if (isOverDirectory && !isDirectory) throw this.#error('EISDIR', to, 'is a directory')
      if (isDirectory && !isOverDirectory) throw this.#error('ENOTDIR', to, 'is not a directory')
      if (isOverDirectory) await this.#checkEmptyDirectory(target.node, to)
    }
    this.#tree.move(source, target, source.node)
  }

  async link(from: string, to: string): Promise<void> {
    const node = await this.#existing(from)
    const slot = await this.#slot(to)
    if (slot.node) throw this.#error('EEXIST', to, 'already exists')
    const isOfCommit = node.kind === 'file' && node.isClean && node.content.at === 'commit' && slot.directory.branchPath !== undefined
    if (!isOfCommit) throw this.#error('EPERM', from, 'pachd has one name for each file; copy it instead')
    this.#tree.put(slot, newFileNode(node.content, node.mode))
  }

  async makeSymbolicLink(target: string, path: string): Promise<void> {
    const slot = await this.#slot(path)
    if (slot.node) throw this.#error('EEXIST', path, 'already exists')
    this.#tree.put(slot, { kind: 'link', id: undefined, target, modifiedMs: Date.now(), branchPath: undefined })
  }

  async readSymbolicLink(path: string): Promise<string> {
    const node = await this.#existing(path)
    if (node.kind !== 'link') throw this.#error('EINVAL', path, 'not a symbolic link')
    return node.target
  }

  /** Makes changed names safe against a crash of the machine. */
  sync(): Promise<void> {
    return this.#tree.area.sync()
  }

  #namesOf(children: ReadonlyMap<string, WorkingNode>): readonly string[] {
    const { version } = this.#tree
    const known = this.#names.get(children)
    if (known?.version === version) return known.names
    const names = [...children.keys()].filter(name => !HIDDEN_NAME.test(name)).sort()
    this.#names.set(children, { version, names })
    return names
  }

  async #existing(path: string): Promise<WorkingNode> {
    const node = await this.node(path)
    if (!node) throw this.#error('ENOENT', path, 'no such file or directory')
    return node
  }

  async #slot(path: string): Promise<Slot> {
    const place = splitPath(path)
    if (!place) throw this.#error('EBUSY', path, 'is the mount itself')
    const directory = await this.#existing(place.directory)
    if (directory.kind !== 'directory') throw this.#error('ENOTDIR', place.directory, 'not a directory')
    const children = await childrenOf(directory)
    const node = children.get(place.name)
    if (!node && Buffer.byteLength(place.name) > MAX_NAME_BYTES) throw this.#error('ENAMETOOLONG', path, `a name has up to ${MAX_NAME_BYTES} bytes`)
    return { directory, name: place.name, path, node }
  }

  async #checkEmptyDirectory(node: WorkingNode, path: string): Promise<void> {
    if (node.kind !== 'directory') throw this.#error('ENOTDIR', path, 'not a directory')
    if ((await childrenOf(node)).size > 0) throw this.#error('ENOTEMPTY', path, 'is not empty')
  }

  #error(code: FsError['code'], path: string, what: string): FsError {
    return new FsError(code, `${childPath(`/${this.#name}`, path.slice(1))}: ${what}`)
  }
}
