/** The history of a repo: its branches, their commits, what changed from one commit to another, and what they were made from. */
import { type Static, Type } from 'typebox'

import { After, Limit, Next } from './paging.js'

/** Names a repo in a path. */
export type RepoParams = Static<typeof RepoParams>
export const RepoParams = Type.Object({ project: Type.String(), repo: Type.String() })

/** Names a commit in a path. */
export type CommitParams = Static<typeof CommitParams>
export const CommitParams = Type.Object({ project: Type.String(), repo: Type.String(), commit: Type.String({ description: 'Id of a commit, or the name of a branch for its head.' }) })

const Moment = Type.Union([Type.String({ format: 'date-time' }), Type.Null()])

/** One commit of a repo. */
export type CommitEntry = Static<typeof CommitEntry>
export const CommitEntry = Type.Object({
  id: Type.String(),
  branch: Type.String({ description: 'The branch it was made on; empty when that is unknown.' }),
  message: Type.String(),
  author: Type.Optional(Type.String({ description: 'Who made it, where pachd knows.' })),
  parent: Type.Union([Type.String(), Type.Null()], { description: 'Id of the commit before it.' }),
  origin: Type.String({ description: 'Why it was made, by the name in pachd: USER, AUTO or FSCK.' }),
  state: Type.Enum(['open', 'finishing', 'finished', 'failed']),
  error: Type.Optional(Type.String({ description: 'Why it failed.' })),
  started: Moment,
  finished: Moment,
  size_bytes: Type.Union([Type.Integer(), Type.Null()], { description: 'Of all its files; null while pachd does not know.' }),
})

/** Query of `GET /repos/:project/:repo/commits`. */
export type CommitListQuery = Static<typeof CommitListQuery>
export const CommitListQuery = Type.Object({
  branch: Type.Optional(Type.String({ description: 'Only the head of this branch and its ancestors.' })),
  limit: Limit,
  after: After,
})

/** Answer of `GET /repos/:project/:repo/commits`: the newest first. */
export type CommitList = Static<typeof CommitList>
export const CommitList = Type.Object({ commits: Type.Array(CommitEntry), next: Next })

/** A branch and its head. */
export type BranchEntry = Static<typeof BranchEntry>
export const BranchEntry = Type.Object({
  branch: Type.String(),
  head: Type.Union([CommitEntry, Type.Null()], { description: 'The commit it points to; null when it has none, and when it may not be read.' }),
})

/** Answer of `GET /repos/:project/:repo/branches`: in the order of pachd. */
export type BranchList = Static<typeof BranchList>
export const BranchList = Type.Object({ branches: Type.Array(BranchEntry), next: Next })

/** One file that two commits do not have in common. */
export type DiffEntry = Static<typeof DiffEntry>
export const DiffEntry = Type.Object({
  path: Type.String(),
  change: Type.Enum(['added', 'changed', 'deleted']),
  old_size_bytes: Type.Union([Type.Integer(), Type.Null()]),
  new_size_bytes: Type.Union([Type.Integer(), Type.Null()]),
})

/** Query of `GET /repos/:project/:repo/commits/:commit/diff`. */
export type DiffQuery = Static<typeof DiffQuery>
export const DiffQuery = Type.Object({
  from: Type.Optional(Type.String({ description: 'Id of the commit, or the branch, to compare with; default: the parent.' })),
  path: Type.Optional(Type.String({ description: 'Compare only what is below this path.' })),
  limit: Limit,
  after: After,
})

/** Answer of `GET /repos/:project/:repo/commits/:commit/diff`: files, by path. */
export type Diff = Static<typeof Diff>
export const Diff = Type.Object({
  from: Type.Union([Type.String(), Type.Null()], { description: 'Id of the older commit; null when there is none and all is new.' }),
  to: Type.String({ description: 'Id of the newer commit.' }),
  changes: Type.Array(DiffEntry),
  next: Next,
})

/** One commit of a provenance. */
export type ProvenanceNode = Static<typeof ProvenanceNode>
export const ProvenanceNode = Type.Object({
  project: Type.String(),
  repo: Type.String(),
  branch: Type.String({ description: 'The branch it was made on; empty when that is unknown.' }),
  id: Type.String(),
  relation: Type.Enum(['self', 'upstream', 'downstream'], { description: 'Whether it is the commit that was asked for, one that it was made from, or one that was made from it.' }),
  pipeline: Type.Optional(Type.String({ description: 'The pipeline whose output the repo is.' })),
  commit: Type.Union([CommitEntry, Type.Null()], { description: 'Null when it may not be read.' }),
})

/** Answer of `GET /repos/:project/:repo/commits/:commit/provenance`. */
export type Provenance = Static<typeof Provenance>
export const Provenance = Type.Object({
  nodes: Type.Array(ProvenanceNode, { description: 'The commit that was asked for, then those it was made from, then those made from it; each the nearest first. Repos in which pipelines keep their own things are left out.' }),
  edges: Type.Array(Type.Object({ from: Type.Integer(), to: Type.Integer() }), { description: 'Positions in `nodes`: `to` was made directly from `from`.' }),
  truncated: Type.Boolean({ description: 'Whether there are more than these 500.' }),
})
