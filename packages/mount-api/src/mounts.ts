/** Mounts: what is shown where, and the requests that change it. */
import { Type, type Static } from 'typebox'

import { RepoEntry } from './repos.js'

/** How a mount may be used: `ro` reads a pinned commit, `rw` collects changes for the next commit. */
export type MountMode = Static<typeof MountMode>
export const MountMode = Type.Union([Type.Literal('ro'), Type.Literal('rw')])

/** One mounted branch or commit; exactly the keys that clients of the original 2.8 compare. */
export type MountEntry = Static<typeof MountEntry>
export const MountEntry = Type.Object({
  name: Type.String({ description: 'Name of the directory below the mount directory.' }),
  project: Type.String(),
  repo: Type.String(),
  branch: Type.String({ description: 'The branch that the shown commit was made on.' }),
  commit: Type.String({ description: 'Id of the shown commit; empty when the branch has none.' }),
  paths: Type.Array(Type.String(), { description: 'What of the commit is shown; ["/"] is all of it.' }),
  mode: MountMode,
  state: Type.String(),
  status: Type.String({ description: 'One sentence for people.' }),
  mountpoint: Type.String({ description: 'The directory that shows the mount, absolute.' }),
  latest_commit: Type.String({ description: 'Id of the head of the branch.' }),
  how_many_commits_behind: Type.Integer({ description: 'Commits between the shown one and the head.' }),
})

/** All mounts, and all repos: the answer of `GET /mounts` and of every request that mounts or unmounts. */
export type MountList = Static<typeof MountList>
export const MountList = Type.Object({ mounted: Type.Array(MountEntry), unmounted: Type.Array(RepoEntry) })

/** What to mount. `paths` is 2.8's key, `files` 2.6's, `path` 2.9's; the first that is there counts. */
export type MountSpec = Static<typeof MountSpec>
export const MountSpec = Type.Object({
  name: Type.String({ description: 'Name of the directory to show it in.' }),
  repo: Type.String(),
  project: Type.Optional(Type.String({ description: 'Default: "default".' })),
  branch: Type.Optional(Type.String({ description: 'Default: "master", unless `commit` names a commit.' })),
  commit: Type.Optional(Type.String({ description: '32 hexadecimal digits. Ignored for `rw`.' })),
  mode: Type.Optional(MountMode),
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

/** Body of `PUT /_commit`: the name of a mount. */
export type CommitRequest = Static<typeof CommitRequest>
export const CommitRequest = Type.Object({ mount: Type.Optional(Type.String()) })

/** Names a mount in a path. */
export type MountParams = Static<typeof MountParams>
export const MountParams = Type.Object({ name: Type.String({ description: 'The name of the mount.' }) })
