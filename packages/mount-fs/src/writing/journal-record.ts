/** The language of a working copy's journal: what was done, in the order in which it was done. */
import type { CommitIdentity } from '../commit-identity.js'
import type { MountSource } from '../mounted-branch.js'

/**
 * The version of this language. A journal of a newer version is not touched. New fields and new kinds of records need no new
 * version as long as a server that does not know them may leave them out.
 */
export const JOURNAL_VERSION = 1

/** The number of the root, which no record has to name first. */
export const ROOT_NODE = 0

/** What a working copy is: the first record. */
export interface JournalHeader {
  readonly version: number
  readonly name: string
  readonly target: MountSource
  readonly paths: readonly string[]
  /** Which cluster the branch is in. */
  readonly cluster: string
  /** As in the record `last`. Without it no staged file is needed that no record names. */
  readonly last?: number
}

/** A content: `s` is a staged file; `n`, `p`, `z` are number, path and size of a committed one, which a staged one lies over. */
export interface ContentState {
  readonly s?: number
  readonly n?: number
  readonly p?: string
  readonly z?: number
  /** How much of the committed file shows through. */
  readonly l?: number
  /** What of it was written over, as pairs of start and end. */
  readonly o?: readonly number[]
}

/** The nanoseconds of the last change, and the last access in milliseconds and nanoseconds, where a program has set them. */
export type TimesState = readonly [modifiedNs: number, accessedMs: number, accessedNs: number]

interface AnyState {
  /** Last change, in milliseconds since 1970. */
  readonly t: number
  readonly x?: TimesState
  /** Path in the branch. */
  readonly b?: string | undefined
}

/** A node as it is, with the mode that a program has set: a file, a directory with number and path of its origin, or a link. */
export type NodeState =
  | (AnyState & { readonly k: 'f'; readonly m?: number | undefined; readonly c: boolean; readonly content: ContentState })
  | (AnyState & { readonly k: 'd'; readonly m?: number | undefined; readonly n?: number; readonly p?: string })
  | (AnyState & { readonly k: 'l'; readonly to: string })

/** One record. Numbers stand for commits, nodes and staged files, by the record that names them first. */
export type JournalRecord =
  | readonly ['mount', JournalHeader]
  | readonly ['commit', number, CommitIdentity, number]
  /** The root is this commit, and nothing is changed. */
  | readonly ['root', number | null]
  /** The last own commit, after others made some. */
  | readonly ['latest', number]
  /** Staged files up to this number that no record names are not needed: they were deleted, or are copies that were not finished. */
  | readonly ['last', number]
  /** A node came to be at a path. */
  | readonly ['put', string, number, NodeState]
  /** A node of a commit, of which the following records speak. */
  | readonly ['note', string, number, NodeState]
  | readonly ['drop', string]
  /** Moves a node, in the place of another one or not. */
  | readonly ['move', string, string, boolean]
  | readonly ['mode', number, number]
  | readonly ['time', number, number, ...(TimesState | readonly [])]
  | readonly ['content', number, ContentState]
  | readonly ['own', number, number, number]
  | readonly ['limit', number, number]
  /** A commit of the state of this moment is sent, when the branch has this head, with this description, and with this mark while it is open. */
  | readonly ['sending', string | null, (string | null)?, (string | null)?]
  /** The branch holds it as this commit, which is the base from now on or not. */
  | readonly ['done', number, { readonly isBase: boolean; readonly isOpen: boolean }]
  /** It is given up; pachd may still make it, or cannot. */
  | readonly ['failed', { readonly isUncertain: boolean }]
  /** Paths that the branch may hold. */
  | readonly ['uncertain', readonly string[]]
  /** Paths of the branch that are removed here. */
  | readonly ['removed', readonly string[]]
  /** Paths at and below this one are not removed any more. */
  | readonly ['restored', string]
  /** Names that were taken from a directory of a commit. */
  | readonly ['gone', string, readonly string[]]
