/** The list of mounts as the original 2.6 gives it; its clients compare the keys of an entry exactly. */
import { type Static, Type } from 'typebox'

import { type MountList, MountMode } from '../mounts.js'
import { RepoEntry } from '../repos.js'

/** One mount. */
export type MountEntry26 = Static<typeof MountEntry26>
export const MountEntry26 = Type.Object({
  name: Type.String(),
  project: Type.String(),
  repo: Type.String(),
  branch: Type.String(),
  commit: Type.Literal('', { description: 'What was asked for, which is never a commit.' }),
  files: Type.Null(),
  mode: MountMode,
  state: Type.String(),
  status: Type.String(),
  mountpoint: Type.String(),
  actual_mounted_commit: Type.String({ description: 'Id of the shown commit.' }),
  latest_commit: Type.String(),
  how_many_commits_behind: Type.Integer(),
})

/** Answer of `GET /mounts` and of every request that mounts or unmounts. */
export type MountList26 = Static<typeof MountList26>
export const MountList26 = Type.Object({ mounted: Type.Array(MountEntry26), unmounted: Type.Array(RepoEntry) })

/** The list of 2.6 for the list of 2.8. */
export function mountList26({ mounted, unmounted }: MountList): MountList26 {
  return { mounted: mounted.map(({ paths: _paths, commit, ...entry }) => ({ ...entry, commit: '', files: null, actual_mounted_commit: commit })), unmounted }
}
