/** What a journal says, done again, without asking pachd: on a tree of which only what the journal speaks of is known. */
import { components, splitPath } from '../path-names.js'
import type { CommitTree } from '../reading/tree.js'
import { type JournalRecord, ROOT_NODE } from './journal-record.js'
import { contentOf, nodeOf, type StateContext, timesOf } from './node-state.js'
import type { StagedFile } from './staged-file.js'
import { branchPathOf, directoryNode, type DirectoryNode, type Origin, originOf, type WorkingNode } from './working-node.js'
import type { Slot, WorkingTree } from './working-tree.js'

/** How strict a replay is. */
export interface ReplayOptions {
  /** Whether records may be missing: then a record that does not fit without them is left out and counted. */
  readonly isLenient: boolean
}

/** Applies records to a tree. Throws Error for records that do not fit together, unless it is lenient. */
export class JournalReplay {
  /** The staged files that the journal speaks of, by number. */
  readonly files = new Map<number, StagedFile>()
  /** The commit at the root. */
  base: number | undefined
  readonly #tree: WorkingTree
  readonly #nodes = new Map<number, WorkingNode>()
  readonly #numbers = new Set<number>()
  readonly #originOf: (tree: CommitTree, path: string) => Origin
  readonly #context: StateContext
  readonly #isLenient: boolean
  readonly #made: DirectoryNode[] = []
  #hasRoot = false
  #misfits = 0

  constructor(tree: WorkingTree, originOf: (tree: CommitTree, path: string) => Origin, { isLenient }: ReplayOptions) {
    this.#tree = tree
    this.#originOf = originOf
    this.#isLenient = isLenient
    const treeOf = (number: number) => tree.commitNumbered(number).tree
    this.#context = { area: tree.area, files: this.files, treeOf, originOf: (number, path) => originOf(treeOf(number), path) }
  }

  /** How many records did not fit. */
  get misfits(): number {
    return this.#misfits
  }

  /** Does what a record says; records about commits to the branch are the caller's. */
  apply(record: JournalRecord): void {
    try {
      this.#apply(record)
    } catch (error) {
      if (!this.#isLenient) throw error
      this.#misfits++
    }
  }

  #apply(record: JournalRecord): void {
    const tree = this.#tree
    switch (record[0]) {
      case 'commit':
        this.#learn(record[1], record[2], record[3])
        break
      case 'root':
        this.#reset(record[1])
        break
      case 'put':
        tree.attach(this.#slot(record[1]), this.#remember(nodeOf(record[3], record[2], this.#context)))
        break
      case 'note':
        this.#note(record[1], nodeOf(record[3], record[2], this.#context))
        break
      case 'drop':
        tree.detach(this.#slot(record[1]))
        break
      case 'move': {
        const from = this.#slot(record[1])
        if (!from.node) throw new Error(`the journal moves ${from.path}, where nothing is`)
        const to = this.#slot(record[2])
        if (record[3]) tree.detach(to)
        tree.detach(from)
        tree.attach(to, from.node)
        break
      }
      case 'mode': {
        const node = this.#node(record[1])
        if (node.kind !== 'link') node.mode = record[2]
        break
      }
      case 'time': {
        const [, id, modifiedMs, ...times] = record
        Object.assign(this.#node(id), { modifiedMs, times: times.length === 3 ? timesOf(modifiedMs, times) : undefined })
        break
      }
      case 'content': {
        const node = this.#node(record[1])
        if (node.kind === 'file') Object.assign(node, { content: contentOf(record[2], this.#context), isClean: false })
        break
      }
      case 'own':
        this.files.get(record[1])?.under?.own.add(record[2], record[3])
        break
      case 'limit': {
        const under = this.files.get(record[1])?.under
        if (under) under.limit = Math.min(under.limit, record[2])
        break
      }
      case 'removed':
        for (const path of record[1]) tree.removed.add(path)
        break
      case 'uncertain':
        for (const path of record[1]) tree.uncertain.add(path)
        break
      case 'restored':
        tree.forgetRemoved(record[1])
        break
      case 'gone':
        for (const name of record[2]) this.#directory(record[1]).gone.add(name)
    }
  }

  /** Takes sizes from the staged files. */
  findFiles(): void {
    for (const file of this.files.values()) file.find()
  }

  /** Takes sizes and times from the staged files, and lets the tree go on from here. */
  finish(): void {
    this.findFiles()
    for (const node of this.#made) node.id ??= this.#tree.newNode()
    for (const node of this.#nodes.values()) {
      if (node.kind === 'file' && node.content.at === 'stage') node.modifiedMs = node.content.file.find() ?? node.modifiedMs
    }
    this.#tree.setNoted(this.#numbers)
  }

  #learn(number: number, commit: Extract<JournalRecord, readonly ['commit', ...unknown[]]>[2], madeAtMs: number): void {
    if (!this.#numbers.has(number)) this.#tree.learn({ commit, madeAtMs }, number)
    this.#numbers.add(number)
    // The first commit of a journal is that of the root, which the record of the root says again.
    if (this.#isLenient && !this.#hasRoot) this.#reset(number)
  }

  #reset(number: number | null): void {
    this.#hasRoot = true
    const known = number === null ? undefined : this.#tree.commitNumbered(number)
    this.base = number ?? undefined
    this.#tree.removed.clear()
    this.#tree.uncertain.clear()
    this.#tree.root = directoryNode({ branchPath: '/', ...(known && { origin: this.#originOf(known.tree, '/'), modifiedMs: known.known.madeAtMs }) })
  }

  #note(path: string, node: WorkingNode): void {
    const slot = this.#slot(path)
    const known = slot.directory.children.get(slot.name)
    if (node.kind === 'directory' && known?.kind === 'directory') {
      Object.assign(known, { id: node.id, modifiedMs: node.modifiedMs, times: node.times, mode: node.mode, branchPath: node.branchPath })
      this.#remember(known)
    } else {
      slot.directory.children.set(slot.name, this.#remember(node))
    }
  }

  #remember(node: WorkingNode): WorkingNode {
    if (node.id !== undefined) this.#nodes.set(node.id, node)
    this.#tree.usedNode(node.id ?? 0)
    return node
  }

  #node(id: number): WorkingNode {
    const node = id === ROOT_NODE ? this.#tree.root : this.#nodes.get(id)
    if (!node) throw new Error(`the journal changes node number ${id} before it says what that is`)
    return node
  }

  /** A child of a commit's directory that nobody looked at yet is taken to be there: it was when the record was written. */
  #slot(path: string): Slot {
    const place = splitPath(path)
    if (!place) throw new Error('the journal changes the root')
    const directory = this.#directory(place.directory)
    const known = directory.children.get(place.name)
    return { directory, name: place.name, path, node: known ?? this.#unseen(directory, place.name) }
  }

  #directory(path: string): DirectoryNode {
    let node = this.#tree.root
    for (const name of components(path)) {
      const known = node.children.get(name) ?? this.#unseen(node, name) ?? this.#missing()
      if (known?.kind !== 'directory') throw new Error(`the journal changes something in ${path}, where no directory is`)
      node.children.set(name, known)
      node = known
    }
    return node
  }

  /** A directory whose record is lost, for what is in it. */
  #missing(): DirectoryNode | undefined {
    if (!this.#isLenient) return undefined
    const node = directoryNode()
    this.#made.push(node)
    return node
  }

  #unseen(directory: DirectoryNode, name: string): DirectoryNode | undefined {
    const origin = originOf(directory, name)
    if (!origin || directory.gone.has(name)) return undefined
    return directoryNode({ origin, branchPath: branchPathOf(directory, name), modifiedMs: directory.modifiedMs })
  }
}
