/** From layers of changes to trees of files: what the content of open commits, finished commits and file sets is made by. */
import type { ChunkSession, ChunkStore } from '../chunks/chunk-store.js'
import { EMPTY_CONTENT } from '../chunks/content.js'
import { joinContents } from '../chunks/content-writer.js'
import type { Store } from '../store/store.js'
import { TreeEditor, nextNodeId } from '../tree/tree-editor.js'
import type { TreeEdit } from '../tree/tree-editor.js'
import { DEFAULT_DATUM, datumOfKey, pathOfKey } from '../tree/tree-node.js'
import { NodeCache } from '../tree/tree-nodes.js'
import { TreeReader } from '../tree/tree-reader.js'
import { behindDirectory } from './file-paths.js'
import type { Layer } from './records.js'
import { loadBlock, loadRemoved, nextSegmentId } from './segment.js'
import type { FileChange } from './segment.js'

/** So many files are changed in one store write; more would keep other writers waiting. */
const EDITS_PER_WRITE = 20_000

/** Nodes from this number on may be in use though no row leads to them yet. */
export interface InUse {
  readonly fromNode: number
}

/** Segments from this number on may be in use though no row leads to them yet. */
export interface SegmentsInUse {
  readonly fromSegment: number
}

/** Builds trees. It never changes a tree that is there. */
export class ContentEngine {
  readonly nodes: NodeCache
  private readonly working = new Set<InUse>()
  private readonly readers = new Set<WeakRef<TreeReader>>()
  private readonly uploads = new Set<SegmentsInUse>()

  constructor(
    readonly store: Store,
    readonly chunks: ChunkStore,
  ) {
    this.nodes = new NodeCache(store.rows)
  }

  /** A look at a tree that is kept as long as somebody holds the reader, even if its commit goes meanwhile. */
  openTree(root: number): TreeReader {
    const reader = this.tree(root)
    this.readers.add(new WeakRef(reader))
    return reader
  }

  /** The trees that somebody reads. */
  treesInUse(): number[] {
    return [...this.readers].flatMap(reference => {
      const reader = reference.deref()
      if (!reader) this.readers.delete(reference)
      return reader?.root ?? []
    })
  }

  /** A look at a tree. */
  tree(root: number): TreeReader {
    return new TreeReader(this.nodes, root)
  }

  /** From now until `releaseSegments`, new segments are kept though no row leads to them. */
  protectSegments(): SegmentsInUse {
    const inUse = { fromSegment: nextSegmentId(this.store.rows) }
    this.uploads.add(inUse)
    return inUse
  }

  releaseSegments(inUse: SegmentsInUse): void {
    this.uploads.delete(inUse)
  }

  /** The lowest segment that an upload may use. */
  lowestSegmentInUse(): number {
    return Math.min(Infinity, ...Array.from(this.uploads, upload => upload.fromSegment))
  }

  /** The lowest node that a tree under construction may use. */
  lowestNodeInUse(): number {
    return Math.min(Infinity, ...Array.from(this.working, work => work.fromNode))
  }

  /**
   * Applies layers in order to a tree. `owner` names the commit for errors.
   * `keep` runs with the new root before its nodes can be collected, to let a row lead to it.
   */
  async materialise<T>(base: number, layers: readonly Layer[], owner: string, keep: (root: number) => Promise<T>): Promise<T> {
    const inUse = { fromNode: nextNodeId(this.store.rows) }
    const session = this.chunks.openSession()
    this.working.add(inUse)
    try {
      let root = base
      for (const layer of layers) {
        root = layer.kind === 'segment' ? await this.applySegment(root, layer.id, { session, owner, ...inUse }) : await this.appendTree(root, layer.root, { session, owner, ...inUse })
      }
      return await keep(root)
    } finally {
      this.working.delete(inUse)
      session.close()
    }
  }

  private async applySegment(start: number, id: number, work: Work): Promise<number> {
    let root = await this.removeDirectories(start, id, work)
    let edits: TreeEdit[] = []
    const flush = async () => {
      root = await this.write(root, edits, work)
      edits = []
    }
    for (let number = 1; ; number++) {
      const changes = loadBlock(this.store.rows, id, number)
      if (!changes) break
      const tree = this.tree(root)
      for (const change of changes) {
        const edit = this.resolve(tree, change, work)
        edits.push(edit instanceof Promise ? await edit : edit)
      }
      if (edits.length >= EDITS_PER_WRITE) await flush()
    }
    await flush()
    return root
  }

  private resolve(tree: TreeReader, { key, replaces, deleted, parts }: FileChange, { session, owner }: Work): TreeEdit | Promise<TreeEdit> {
    if (deleted) return { key, content: undefined }
    const before = replaces ? undefined : tree.get(key)?.content
    const all = before && before.size > 0 ? [before, ...parts] : parts
    const [only] = all
    if (all.length <= 1) return { key, content: only ?? EMPTY_CONTENT }
    return joinContents(session, all, `${owner}:${pathOfKey(key)}`).then(content => ({ key, content }))
  }

  private async removeDirectories(start: number, id: number, work: Work): Promise<number> {
    let root = start
    for (const { directory, datum } of loadRemoved(this.store.rows, id)) {
      const end = behindDirectory(directory)
      const tree = this.tree(root)
      const { files, tagged } = tree.totals(directory, end)
      if (files === 0) continue
      if (datum === DEFAULT_DATUM && tagged === 0) {
        root = await this.edit(work, editor => editor.removeRange(root, directory, end))
        continue
      }
      const edits: TreeEdit[] = []
      for (const { key } of tree.from(directory)) {
        if (key >= end) break
        if (datumOfKey(key) === datum) edits.push({ key, content: undefined })
      }
      root = await this.write(root, edits, work)
    }
    return root
  }

  /** Appends every file of a tree to its namesake. */
  private async appendTree(start: number, added: number, work: Work): Promise<number> {
    let root = start
    let edits: TreeEdit[] = []
    const tree = this.tree(start)
    for (const { key, content } of this.tree(added).from('')) {
      const edit = this.resolve(tree, { key, replaces: false, deleted: false, parts: [content] }, work)
      edits.push(edit instanceof Promise ? await edit : edit)
      if (edits.length < EDITS_PER_WRITE) continue
      root = await this.write(root, edits, work)
      edits = []
    }
    return this.write(root, edits, work)
  }

  private async write(root: number, edits: readonly TreeEdit[], work: Work): Promise<number> {
    await work.session.flush()
    return edits.length === 0 ? root : this.edit(work, editor => editor.apply(root, edits))
  }

  private edit(work: Work, change: (editor: TreeEditor) => number): Promise<number> {
    return this.store.write(rows => {
      const editor = new TreeEditor(rows, this.nodes, work.fromNode)
      const root = change(editor)
      editor.save()
      return root
    })
  }
}

interface Work extends InUse {
  readonly session: ChunkSession
  readonly owner: string
}

