/** Mounts: what is shown where, and the requests that change it. */
import { Type, type Static } from 'typebox'

import { Next } from './paging.js'
import { RepoEntry } from './repos.js'

/** How a mount may be used: `ro` reads a pinned commit, `rw` collects changes for the next commit. */
export type MountMode = Static<typeof MountMode>
export const MountMode = Type.Union([Type.Literal('ro'), Type.Literal('rw')])

/** What the next commit of a mount would change. */
export type Uncommitted = Static<typeof Uncommitted>
export const Uncommitted = Type.Object({ added: Type.Integer(), changed: Type.Integer(), deleted: Type.Integer() }, { description: 'How many paths a commit would change.' })

/** How far the commit of a mount is. */
export type CommitProgress = Static<typeof CommitProgress>
export const CommitProgress = Type.Object({ files_done: Type.Integer(), files_total: Type.Integer(), bytes_done: Type.Integer(), bytes_total: Type.Integer() })

const originalKeys = {
  name: Type.String({ description: 'Name of the directory below the mount directory.' }),
  project: Type.String(),
  repo: Type.String(),
  branch: Type.String({ description: 'The branch that was asked for. Of a datum, the branch that its commit was made on where pachd tells it (before 2.12).' }),
  commit: Type.String({ description: 'Id of the shown commit; empty when the branch has none.' }),
  paths: Type.Array(Type.String(), { description: 'What of the commit is shown; ["/"] is all of it.' }),
  mode: MountMode,
  state: Type.String(),
  status: Type.String({ description: 'One sentence for people.' }),
  mountpoint: Type.String({ description: 'The directory that shows the mount, absolute.' }),
  latest_commit: Type.String({ description: 'Id of the head of the branch.' }),
  how_many_commits_behind: Type.Integer({ description: 'Commits between the shown one and the head.' }),
}

/** One mounted branch or commit, by exactly the keys that clients of the original 2.8 compare. */
export type OriginalMountEntry = Static<typeof OriginalMountEntry>
export const OriginalMountEntry = Type.Object(originalKeys)

/** One mounted branch or commit, with what it has to commit. */
export type MountEntry = Static<typeof MountEntry>
export const MountEntry = Type.Object({ ...originalKeys, uncommitted: Type.Optional(Uncommitted), committing: Type.Optional(CommitProgress), following: Type.Optional(Type.Boolean({ description: 'Set while it shows each new head of its branch.' })) })

/** All mounts, and all repos: the answer of `GET /mounts` and of every request of the original that mounts or unmounts. */
export type MountList = Static<typeof MountList>
export const MountList = Type.Object({
  mounted: Type.Array(OriginalMountEntry),
  unmounted: Type.Array(RepoEntry),
  problem: Type.Optional(Type.String({ description: 'Set while pachd does not answer: a sentence that says what of this is not known. Mounts are those of this server; repos are the last that pachd listed.' })),
})

/** Answer of `GET /mounts/details`. */
export type MountDetails = Static<typeof MountDetails>
export const MountDetails = Type.Object({ mounted: Type.Array(MountEntry) })

/** What to mount. `paths` is 2.8's key, `files` 2.6's, `path` 2.9's; the first that is there counts. */
export type MountSpec = Static<typeof MountSpec>
export const MountSpec = Type.Object({
  name: Type.String({ description: 'Name of the directory to show it in.' }),
  repo: Type.String(),
  project: Type.Optional(Type.String({ description: 'Default: "default".' })),
  branch: Type.Optional(Type.String({ description: 'Default: "master", unless `commit` names a commit.' })),
  commit: Type.Optional(Type.String({ description: '32 hexadecimal digits. Ignored for `rw`.' })),
  mode: Type.Optional(Type.Union([Type.Literal('ro'), Type.Literal('rw')], { description: 'Default: "ro". An empty text, as Go clients send it for an unset field, counts as not set.' })),
  follow: Type.Optional(Type.Boolean({ description: 'Show each new head of the branch within 5 s; open files stay as they are. For `ro` only. Default: false.' })),
  paths: Type.Optional(Type.Array(Type.String())),
  files: Type.Optional(Type.Array(Type.String())),
  path: Type.Optional(Type.String()),
})

/** Body of `PUT /_mount`. */
export type MountRequest = Static<typeof MountRequest>
export const MountRequest = Type.Object({ mounts: Type.Optional(Type.Array(MountSpec)) })

/** Body of `PUT /_unmount`: names of mounts. */
export type UnmountRequest = Static<typeof UnmountRequest>
export const UnmountRequest = Type.Object({ mounts: Type.Optional(Type.Array(Type.String())) })

/** Body of `PUT /_commit`: the name of a mount, and what the commit is to be called. */
export type CommitRequest = Static<typeof CommitRequest>
export const CommitRequest = Type.Object({
  mount: Type.Optional(Type.String()),
  message: Type.Optional(Type.String({ maxLength: 10_000, description: 'The description of the commit. With one, nobody else may have a commit of the branch open. Default: none.' })),
})

/** One path that a commit would change. */
export type MountChange = Static<typeof MountChange>
export const MountChange = Type.Object({
  path: Type.String({ description: 'Below the mount; with a slash at the end a directory with all that is in it.' }),
  change: Type.Enum(['added', 'changed', 'deleted']),
  size_bytes: Type.Union([Type.Integer(), Type.Null()], { description: 'Of a file: as it is here, or as it was when it is deleted. Null for directories.' }),
  refusal: Type.Optional(Type.String({ description: 'Why pachd will not take the name, and no commit can be made before it is renamed.' })),
})

/** A file of which no record says what it was. */
export type RecoveredFile = Static<typeof RecoveredFile>
export const RecoveredFile = Type.Object({
  path: Type.String({ description: 'Absolute, on the machine of the server. Copy it into the mount under its name, or remove it.' }),
  size_bytes: Type.Integer(),
})

/** Answer of `GET /mounts/:name/changes`: in the order of the paths. */
export type MountChanges = Static<typeof MountChanges>
export const MountChanges = Type.Object({
  changes: Type.Array(MountChange),
  next: Next,
  counts: Uncommitted,
  conflicts: Type.Array(Type.String(), { description: 'Paths that somebody else changed on the branch, too, since this mount looked; a commit replaces them. Without changes: those that the last commit replaced.' }),
  recovered: Type.Optional(Type.Array(RecoveredFile, { description: 'What earlier changes of this mount were lost with their damaged record. No commit takes or deletes these files.' })),
  committing: Type.Optional(CommitProgress),
})

/** Body of `PUT /mounts/:name/_discard`. */
export type DiscardRequest = Static<typeof DiscardRequest>
export const DiscardRequest = Type.Object({ paths: Type.Optional(Type.Array(Type.String(), { description: 'Paths whose changes are thrown away, with all below them. All changes when left out.' })) })

/** Body of `PUT /mounts/:name/_follow`. */
export type FollowRequest = Static<typeof FollowRequest>
export const FollowRequest = Type.Object({ follow: Type.Boolean({ description: 'Whether the mount shows each new head of its branch from now on.' }) })

/** Names a mount in a path. */
export type MountParams = Static<typeof MountParams>
export const MountParams = Type.Object({ name: Type.String({ description: 'The name of the mount.' }) })
