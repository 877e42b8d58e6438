/** The list of mounts as the original 2.9 gives it: one path for each mount instead of a list. */
import { type Static, Type } from 'typebox'

import { type MountList, MountMode } from '../mounts.js'
import { RepoEntry } from '../repos.js'

/** One mount. */
export type MountEntry29 = Static<typeof MountEntry29>
export const MountEntry29 = Type.Object({
  name: Type.String(),
  project: Type.String(),
  repo: Type.String(),
  branch: Type.String(),
  commit: Type.String({ description: 'Id of the shown commit.' }),
  path: Type.String({ description: 'The file or directory that is shown, empty for all of the commit. Of several paths, the directory that holds them.' }),
  mode: MountMode,
  state: Type.String(),
  status: Type.String(),
  mountpoint: Type.String(),
  latest_commit: Type.String(),
  how_many_commits_behind: Type.Integer(),
})

/** Answer of `GET /mounts` and of every request that mounts or unmounts. */
export type MountList29 = Static<typeof MountList29>
export const MountList29 = Type.Object({ mounted: Type.Array(MountEntry29), unmounted: Type.Array(RepoEntry) })

/** The list of 2.9 for the list of 2.8. All of a commit is "" for a mount, and "/" for a datum that shows all of it. */
export function mountList29({ mounted, unmounted }: MountList, { isDatum }: { isDatum: boolean }): MountList29 {
  return { mounted: mounted.map(({ paths, ...entry }) => ({ ...entry, path: singlePath(paths, isDatum ? '/' : '') })), unmounted }
}

function singlePath(paths: readonly string[], all: string): string {
  const [first = '/', ...others] = paths
  if (others.length === 0) return first === '/' ? all : first
  let shared = first.split('/').slice(0, -1)
  for (const other of others) {
    const names = other.split('/')
    const end = shared.findIndex((name, index) => names[index] !== name)
    if (end >= 0) shared = shared.slice(0, end)
  }
  return shared.length <= 1 ? all : shared.join('/')
}
