/** Repos and mounts as the original 2.3 gives them: objects by name, without projects. */
import { type Static, Type } from 'typebox'

import { type MountEntry, type MountList, MountMode } from '../mounts.js'
import { Authorization, type RepoEntry } from '../repos.js'

/** One mount; with the state "unmounted", a branch that is not mounted. */
export type MountEntry23 = Static<typeof MountEntry23>
export const MountEntry23 = Type.Object({
  name: Type.String(),
  mount_key: Type.Object({ repo: Type.String(), branch: Type.String(), commit: Type.String() }),
  mode: Type.Union([MountMode, Type.Literal('')]),
  state: Type.String(),
  status: Type.String(),
  mountpoint: Type.String(),
  actual_mounted_commit: Type.String({ description: 'Id of the shown commit.' }),
  latest_commit: Type.String(),
  how_many_commits_behind: Type.Integer(),
})

/** Answer of `GET /repos` and of every request that mounts or unmounts: the repos of the default project, by name. */
export type RepoMap23 = Static<typeof RepoMap23>
export const RepoMap23 = Type.Record(
  Type.String(),
  Type.Object({
    name: Type.String(),
    authorization: Authorization,
    branches: Type.Record(Type.String(), Type.Object({ name: Type.String(), mount: Type.Array(MountEntry23) })),
  }),
)

/** Answer of `GET /mounts`. */
export type MountMap23 = Static<typeof MountMap23>
export const MountMap23 = Type.Object({ mounted: Type.Record(Type.String(), MountEntry23), unmounted: Type.Array(MountEntry23) })

/** The repos of 2.3 for the list of 2.8. */
export function repoMap23({ mounted, unmounted }: MountList): RepoMap23 {
  return Object.fromEntries(
    ownRepos(unmounted).map(({ repo, authorization, branches }) => {
      const entries = (branches ?? []).map(branch => {
        const mount = mounted.filter(entry => isOf(entry, repo, branch)).map(mountEntry23)
        return [branch, { name: branch, mount: mount.length > 0 ? mount : [notMounted(repo, branch)] }]
      })
      return [repo, { name: repo, authorization, branches: Object.fromEntries(entries) as RepoMap23[string]['branches'] }]
    }),
  )
}

/** The mounts of 2.3 for the list of 2.8. */
export function mountMap23({ mounted, unmounted }: MountList): MountMap23 {
  const free = ownRepos(unmounted).flatMap(({ repo, branches }) => (branches ?? []).filter(branch => !mounted.some(entry => isOf(entry, repo, branch))).map(branch => notMounted(repo, branch)))
  return { mounted: Object.fromEntries(mounted.map(entry => [entry.name, mountEntry23(entry)])), unmounted: free }
}

function ownRepos(repos: readonly RepoEntry[]): RepoEntry[] {
  return repos.filter(({ project }) => project === 'default')
}

function isOf(entry: MountEntry, repo: string, branch: string): boolean {
  return entry.project === 'default' && entry.repo === repo && entry.branch === branch
}

function mountEntry23({ name, repo, branch, commit, mode, state, status, mountpoint, latest_commit, how_many_commits_behind }: MountEntry): MountEntry23 {
  return { name, mount_key: { repo, branch, commit: '' }, mode, state, status, mountpoint, actual_mounted_commit: commit, latest_commit, how_many_commits_behind }
}

function notMounted(repo: string, branch: string): MountEntry23 {
  return { name: '', mount_key: { repo, branch, commit: '' }, mode: '', state: 'unmounted', status: '', mountpoint: '', actual_mounted_commit: '', latest_commit: '', how_many_commits_behind: 0 }
}
