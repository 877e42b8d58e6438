/**
 * The tree of a working copy and the only way to change it: each change is noted in the journal before it is made. What
 * was removed from places that the branch knows is kept, so that a commit can say the difference without looking at
 * everything.
 */
import type { CommitIdentity } from '../commit-identity.js'
import { isWithin } from '../path-names.js'
import type { CommitTree } from '../reading/tree.js'
import type { TimeChange } from '../volume.js'
import { type JournalRecord, ROOT_NODE } from './journal-record.js'
import { contentStateOf, stateOf, timeRecord } from './node-state.js'
import type { StageArea } from './stage-area.js'
import { type Content, directoryNode, type DirectoryNode, type FileNode, type LinkNode, modifiedOf, type WorkingNode } from './working-node.js'

/** A place for a node: a name in a directory. */
export interface Slot {
  readonly directory: DirectoryNode
  readonly name: string
  readonly path: string
  /** What is there. */
  readonly node: WorkingNode | undefined
}

/** A commit of which the working copy shows something. */
export interface KnownCommit {
  readonly commit: CommitIdentity
  readonly madeAtMs: number
}

/** One tree. Changes throw FsError ENOSPC when there is no place for a note, and nothing is changed then. */
export class WorkingTree {
  root: DirectoryNode = directoryNode({ branchPath: '/' })
  /** Paths that the branch holds and that were removed or renamed here. */
  readonly removed = new Set<string>()
  /** Paths that the branch may hold: of commits of which nobody knows whether pachd makes them after all. */
  readonly uncertain = new Set<string>()
  readonly area: StageArea
  readonly #treeOf: (commit: KnownCommit) => CommitTree
  readonly #commits = new Map<number, { readonly known: KnownCommit; readonly tree: CommitTree }>()
  readonly #noted = new Set<number>()
  #lastNode = 0
  #lastCommit = -1
  #version = 0

  constructor(area: StageArea, treeOf: (commit: KnownCommit) => CommitTree) {
    this.area = area
    this.#treeOf = treeOf
  }

  /** A number that changes with each change of what a commit would hold, but for contents that are changed already. */
  get version(): number {
    return this.#version
  }

  /** The tree of a commit, which has a number from now on: the next one, or the one by which the journal calls it. */
  learn(known: KnownCommit, number = this.#lastCommit + 1): CommitTree {
    this.#lastCommit = Math.max(this.#lastCommit, number)
    const tree = this.#treeOf(known)
    this.#commits.set(number, { known, tree })
    return tree
  }

  /** Whether the journal has said which commit it calls by this number. */
  isKnownNumber(number: number): boolean {
    return this.#commits.has(number)
  }

  /** The commit that the journal calls by this number. */
  commitNumbered(number: number): { readonly known: KnownCommit; readonly tree: CommitTree } {
    const commit = this.#commits.get(number)
    if (!commit) throw new Error(`the journal names commit number ${number} before it says what that is`)
    return commit
  }

  /** The number of a commit that was learned; the journal knows it afterwards. */
  readonly numberOf = (tree: CommitTree): number => this.#numberOf(tree, record => this.area.note(record))

  #numberOf(tree: CommitTree, note: (record: JournalRecord) => void): number {
    for (const [number, commit] of this.#commits) {
      if (commit.tree !== tree) continue
      if (!this.#noted.has(number)) note(['commit', number, commit.known.commit, commit.known.madeAtMs])
      this.#noted.add(number)
      return number
    }
    throw new Error('a commit is used that was not learned')
  }

  /** Puts `node` into an empty slot. */
  put(slot: Slot, node: FileNode | DirectoryNode | LinkNode): void {
    const id = this.newNode()
    this.area.note(['put', slot.path, id, stateOf(node, this.numberOf)])
    node.id = id
    this.attach(slot, node)
    slot.directory.modifiedMs = Date.now()
  }

  /** Makes the node at `path` one that the journal can speak of. */
  note(node: WorkingNode, path: string): number {
    if (node === this.root) return ROOT_NODE
    if (node.id !== undefined) return node.id
    const id = this.newNode()
    this.area.note(['note', path, id, stateOf(node, this.numberOf)])
    node.id = id
    return id
  }

  /** Takes what is in the slot away. */
  drop(slot: Slot): void {
    this.area.noteRelease(['drop', slot.path])
    this.detach(slot)
    slot.directory.modifiedMs = Date.now()
    this.abandon(slot.node)
  }

  /** Moves the node of one slot to another one, and takes away what is there. */
  move(from: Slot, to: Slot, node: WorkingNode): void {
    this.note(node, from.path)
    this.area.noteRelease(['move', from.path, to.path, to.node !== undefined])
    if (to.node) this.detach(to)
    this.detach(from)
    this.attach(to, node)
    from.directory.modifiedMs = to.directory.modifiedMs = Date.now()
    this.abandon(to.node)
  }

  setMode(node: FileNode | DirectoryNode, path: string, mode: number): void {
    this.area.note(['mode', this.note(node, path), mode])
    node.mode = mode
  }

  /** A time that is undefined stays; the access time is shown as the last change until it is set. */
  setTimes(node: WorkingNode, path: string, { modified, accessed }: TimeChange): void {
    const before = modifiedOf(node)
    const times = { modified: modified ?? before, accessed: accessed ?? node.times?.accessed ?? before }
    this.area.note(timeRecord(this.note(node, path), times))
    node.times = times
    node.modifiedMs = times.modified.ms
    if (modified && node.kind === 'file' && node.content.at === 'stage') node.content.file.setModified(modified.ms)
  }

  /** Gives a file another content, which the branch does not hold. */
  setContent(node: FileNode, content: Content): void {
    if (node.id !== undefined) this.area.note(['content', node.id, contentStateOf(content, this.numberOf)])
    const before = node.content
    node.content = content
    node.isClean = false
    this.#version++
    if (before.at === 'stage' && before !== content && before.file.frozen === 0) this.area.discard(before.file)
  }

  /** Forgets that `path` and what is below it were removed. */
  restore(path: string): void {
    this.area.noteRelease(['restored', path])
    this.forgetRemoved(path)
  }

  /** Starts again with a commit, or empty. */
  reset(tree: CommitTree | undefined, root: DirectoryNode): void {
    this.area.noteRelease(['root', tree ? this.numberOf(tree) : null])
    this.root = root
    this.removed.clear()
    this.uncertain.clear()
    this.#version++
  }

  /** Notes that a commit begins. */
  recordCommit(record: Extract<JournalRecord, readonly ['sending', ...unknown[]]>): void {
    this.area.prepareCommit()
    this.area.noteRelease(record)
    this.#version++
  }

  /** Notes that the branch holds the commit, which is so whether there is room for a note or not. */
  recordDone(tree: CommitTree, how: { readonly isBase: boolean; readonly isOpen: boolean }): void {
    const number = this.#numberOf(tree, record => this.area.noteOutcome(record))
    this.area.noteOutcome(['done', number, how])
    this.#version++
  }

  /** Notes that a commit is given up. */
  recordFailed(how: { readonly isUncertain: boolean }): void {
    this.area.noteOutcome(['failed', how])
    this.#version++
  }

  /** Puts a node in place without a note. */
  attach({ directory, name }: Slot, node: WorkingNode): void {
    directory.children.set(name, node)
    this.#version++
  }

  /** Takes a node out of its place without a note. */
  detach({ directory, name, path, node }: Slot): void {
    directory.children.delete(name)
    if (directory.origin) directory.gone.add(name)
    if (node?.branchPath === path) this.removed.add(path)
    this.#version++
  }

  /** As `restore`, without a note. */
  forgetRemoved(path: string): void {
    for (const removed of this.removed) if (isWithin(removed, path)) this.removed.delete(removed)
    this.#version++
  }

  /** Deletes the content of a node that is in the tree no more. */
  abandon(node: WorkingNode | undefined): void {
    if (node?.kind !== 'file') return
    node.isGone = true
    if (node.content.at === 'stage' && node.content.file.frozen === 0) this.area.discard(node.content.file)
  }

  /** A node number that no other node has. */
  newNode(): number {
    return ++this.#lastNode
  }

  /** Node numbers up to this one are taken. */
  usedNode(id: number): void {
    this.#lastNode = Math.max(this.#lastNode, id)
  }

  /** The journal was read, or written anew: these commits are known to it. */
  setNoted(numbers: Iterable<number>): void {
    this.#noted.clear()
    for (const number of numbers) this.#noted.add(number)
  }
}
