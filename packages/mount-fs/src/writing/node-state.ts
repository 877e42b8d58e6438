/** Nodes of a working copy in the language of its journal, and back. */
import type { CommitTree } from '../reading/tree.js'
import { Extents } from './extents.js'
import type { ContentState, JournalRecord, NodeState, TimesState } from './journal-record.js'
import type { StageArea } from './stage-area.js'
import type { StagedFile } from './staged-file.js'
import { type CommittedContent, type Content, directoryNode, modifiedOf, newFileNode, type Origin, type SetTimes, type WorkingNode } from './working-node.js'

type NumberOf = (tree: CommitTree) => number

/** Says what a node is, without what is in it. */
export function stateOf(node: WorkingNode, numberOf: NumberOf): NodeState {
  const any = { t: node.modifiedMs, ...(node.times && { x: timesState({ ...node.times, modified: modifiedOf(node) }) }), ...(node.branchPath === undefined ? {} : { b: node.branchPath }) }
  if (node.kind === 'link') return { k: 'l', ...any, to: node.target }
  if (node.kind === 'directory') return { k: 'd', ...any, m: node.mode, ...(node.origin && { n: numberOf(node.origin.tree), p: node.origin.path }) }
  return { k: 'f', ...any, m: node.mode, c: node.isClean, content: contentStateOf(node.content, numberOf) }
}

/** The record of times that a program has set. */
export function timeRecord(id: number, times: SetTimes): JournalRecord {
  return ['time', id, times.modified.ms, ...timesState(times)]
}

/** The times of a state or a record, whose last change is at `modifiedMs`. */
export function timesOf(modifiedMs: number, [modifiedNs, accessedMs, accessedNs]: TimesState): SetTimes {
  return { modified: { ms: modifiedMs, ns: modifiedNs }, accessed: { ms: accessedMs, ns: accessedNs } }
}

function timesState({ modified, accessed }: SetTimes): TimesState {
  return [modified.ns, accessed.ms, accessed.ns]
}

/** Says where a content is. */
export function contentStateOf(content: Content, numberOf: NumberOf): ContentState {
  if (content.at === 'commit') return committedStateOf(content, numberOf)
  const { id, under } = content.file
  if (!under) return { s: id }
  return { s: id, ...committedStateOf(under.base, numberOf), l: under.limit, o: under.own.ranges.flatMap(({ start, end }) => [start, end]) }
}

/** What the states of one journal speak of. */
export interface StateContext {
  readonly area: StageArea
  readonly treeOf: (number: number) => CommitTree
  readonly originOf: (number: number, path: string) => Origin
  /** The staged files met so far, by number. */
  readonly files: Map<number, StagedFile>
}

/** The node of a state. */
export function nodeOf(state: NodeState, id: number, context: StateContext): WorkingNode {
  const times = state.x && timesOf(state.t, state.x)
  if (state.k === 'l') return { kind: 'link', id, target: state.to, modifiedMs: state.t, times, branchPath: state.b }
  if (state.k === 'd') {
    const origin = state.n === undefined ? undefined : context.originOf(state.n, state.p ?? '/')
    return { ...directoryNode({ origin, branchPath: state.b, modifiedMs: state.t, mode: state.m }), id, times }
  }
  return { ...newFileNode(contentOf(state.content, context), state.m), id, modifiedMs: state.t, times, branchPath: state.b, isClean: state.c }
}

/** The content of a state. */
export function contentOf({ s, n, p = '/', z = 0, l = 0, o = [] }: ContentState, { area, treeOf, files }: StateContext): Content {
  const committed: CommittedContent | undefined = n === undefined ? undefined : { at: 'commit', tree: treeOf(n), path: p, sizeBytes: z }
  if (s === undefined) {
    if (!committed) throw new Error('the journal names a content that is nowhere')
    return committed
  }
  const own = new Extents()
  for (let index = 0; index + 1 < o.length; index += 2) own.add(o[index] ?? 0, o[index + 1] ?? 0)
  const file = files.get(s) ?? area.openFile(s, committed && { base: committed, limit: l, own })
  files.set(s, file)
  return { at: 'stage', file }
}

function committedStateOf({ tree, path, sizeBytes }: CommittedContent, numberOf: NumberOf): ContentState {
  return { n: numberOf(tree), p: path, z: sizeBytes }
}
