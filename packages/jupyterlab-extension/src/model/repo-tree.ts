/** The rows of the Repositories section: projects, their repos, the branches of opened repos, the commits of opened branches. */
import type { CommitEntry, MountEntry, MountSpec, RepoEntry } from '@jupyterlab-pachyderm/mount-api'

import type { History, HistoryState } from './history-model.js'
import { branchKey, commitMountNameOf, defaultBranchOf, isPinned, mountNameOf, repoKey, type BranchRef } from './mount-naming.js'

/** Why a repo cannot be mounted, or that it can. */
export type Access = 'mountable' | 'no-access' | 'no-branches'

/** What mounting a row means. */
export interface MountTarget extends BranchRef {
  /** Id of the commit, where it is not the head of the branch. */
  readonly commit?: string
  /** Whether it may be mounted to write. */
  readonly isWritable: boolean
}

/** One visible row. `mounted` says that its target is. */
export type RepoRow =
  | { readonly kind: 'project'; readonly key: string; readonly project: string; readonly repoCount: number; readonly open: boolean }
  | { readonly kind: 'repo'; readonly key: string; readonly entry: RepoEntry; readonly access: Access; readonly open: boolean; readonly target: MountTarget | undefined; readonly mounted: boolean }
  | { readonly kind: 'branch'; readonly key: string; readonly target: MountTarget; readonly head: CommitEntry | undefined; readonly open: boolean; readonly mounted: boolean }
  | { readonly kind: 'commit'; readonly key: string; readonly target: MountTarget; readonly commit: CommitEntry; readonly mounted: boolean }
  | { readonly kind: 'more'; readonly key: string; readonly ref: BranchRef; readonly state: 'loading' | 'next' | 'failed' | 'empty'; readonly problem: string | undefined }

/** What the user chose to see. Projects are open unless closed; repos and branches are closed unless opened. */
export interface TreeView {
  readonly search: string
  /** Only this one; empty for all. */
  readonly project: string
  readonly isDescending: boolean
  readonly closedProjects: ReadonlySet<string>
  /** Keys of repos. */
  readonly openRepos: ReadonlySet<string>
  /** Keys of branches. */
  readonly openBranches: ReadonlySet<string>
}

/** Nothing searched, every project open. */
export const wholeTree: TreeView = { search: '', project: '', isDescending: false, closedProjects: new Set(), openRepos: new Set(), openBranches: new Set() }

/** What is known of the cluster. */
export interface KnownRepos extends HistoryState {
  readonly repos: readonly RepoEntry[]
  readonly mounts: readonly MountEntry[]
}

/** What is mounted, by keys of branches and of commits. */
interface Mounted {
  readonly branches: ReadonlySet<string>
  readonly commits: ReadonlySet<string>
}

/** The rows to show, in order of project and repo. A search opens the repos whose branches match. */
export function repoRows(known: KnownRepos, view: TreeView): RepoRow[] {
  const words = view.search.toLowerCase().split(/\s+/).filter(Boolean)
  const mounted: Mounted = {
    branches: new Set(known.mounts.filter(mount => !isPinned(mount)).map(branchKey)),
    commits: new Set(known.mounts.filter(isPinned).map(mount => commitKey(mount, mount.commit))),
  }
  const rows: RepoRow[] = []
  for (const [project, entries] of byProject(known.repos, view)) {
    const shown = entries.map(entry => ({ entry, match: matchOf(entry, words) })).filter(({ match }) => match !== 'none')
    if (shown.length === 0) continue
    const open = words.length > 0 || !view.closedProjects.has(project)
    rows.push({ kind: 'project', key: `project:${project}`, project, repoCount: shown.length, open })
    if (!open) continue
    for (const { entry, match } of shown) rows.push(...rowsOfRepo(entry, { known, view, mounted, isOpen: match === 'branch' || view.openRepos.has(repoKey(entry)) }))
  }
  return rows
}

/** The projects that have repos, in order. */
export function projectsOf(repos: readonly RepoEntry[]): string[] {
  return [...new Set(repos.map(({ project }) => project))].sort((a, b) => a.localeCompare(b))
}

/** What mounting a row means; undefined for rows that cannot be mounted. */
export function targetOf(row: RepoRow): MountTarget | undefined {
  if (row.kind === 'branch' || row.kind === 'commit') return row.target
  return row.kind === 'repo' && row.access === 'mountable' ? row.target : undefined
}

/** The request that mounts a target under the name that it has by default. */
export function mountSpecOf(target: MountTarget, options: Pick<MountSpec, 'mode' | 'follow'> = { mode: 'ro' }): MountSpec & { readonly name: string } {
  const { project, repo, branch, commit } = target
  return { name: targetName(target), project, repo, branch, ...(commit === undefined ? {} : { commit }), ...options }
}

/** The name under which a target is mounted by default. */
export function targetName(target: MountTarget): string {
  return target.commit === undefined ? mountNameOf(target) : commitMountNameOf(target, target.commit)
}

/** The key of the row that shows a target: of its repo, where its branch is unknown. */
export function targetKey(target: MountTarget): string {
  if (target.branch === '') return repoKey(target)
  return target.commit === undefined ? branchKey(target) : commitKey(target, target.commit)
}

/** What is shown when a target is to be seen: nothing is searched, and what is above it is open. */
export function viewWith(view: TreeView, target: MountTarget): TreeView {
  const closedProjects = new Set([...view.closedProjects].filter(project => project !== target.project))
  const openBranches = target.commit === undefined || target.branch === '' ? view.openBranches : new Set([...view.openBranches, branchKey(target)])
  return { ...view, search: '', project: '', closedProjects, openRepos: new Set([...view.openRepos, repoKey(target)]), openBranches }
}

/** What the first commit of a repo makes. */
const FIRST_BRANCH = 'master'

interface RepoContext {
  readonly known: KnownRepos
  readonly view: TreeView
  readonly mounted: Mounted
  readonly isOpen: boolean
}

function rowsOfRepo(entry: RepoEntry, context: RepoContext): RepoRow[] {
  const { project, repo, authorization } = entry
  const access = accessOf(entry)
  const branch = access === 'no-branches' ? FIRST_BRANCH : defaultBranchOf(entry.branches)
  const isWritable = authorization !== 'read'
  const target = branch === undefined ? undefined : { project, repo, branch, isWritable }
  const isMounted = target !== undefined && context.mounted.branches.has(branchKey(target))
  const row: RepoRow = { kind: 'repo', key: repoKey(entry), entry, access, open: context.isOpen && access === 'mountable', target, mounted: isMounted }
  if (!row.open) return [row]
  return [row, ...(entry.branches ?? []).flatMap(name => rowsOfBranch({ project, repo, branch: name, isWritable }, context))]
}

function rowsOfBranch(target: MountTarget, { known, view, mounted }: RepoContext): RepoRow[] {
  const key = branchKey(target)
  const open = view.openBranches.has(key)
  const row: RepoRow = { kind: 'branch', key, target, head: known.heads.get(key), open, mounted: mounted.branches.has(key) }
  if (!open) return [row]
  const history = known.histories.get(key)
  const commits = (history?.commits ?? []).map((commit): RepoRow => ({
    kind: 'commit',
    key: commitKey(target, commit.id),
    target: { ...target, commit: commit.id, isWritable: false },
    commit,
    mounted: mounted.commits.has(commitKey(target, commit.id)),
  }))
  const state = stateBelow(history)
  if (state === undefined) return [row, ...commits]
  return [row, ...commits, { kind: 'more', key: `${key}=…`, ref: target, state, problem: history?.problem }]
}

/** What is said below the commits that are listed; undefined when these are all. */
function stateBelow(history: History | undefined): Extract<RepoRow, { kind: 'more' }>['state'] | undefined {
  if (history === undefined || history.isLoading) return 'loading'
  if (history.problem !== undefined) return 'failed'
  if (history.next !== null) return 'next'
  return history.commits.length === 0 ? 'empty' : undefined
}

function commitKey(ref: BranchRef, commit: string): string {
  return `${branchKey(ref)}=${commit}`
}

function accessOf({ authorization, branches }: RepoEntry): Access {
  if (authorization === 'none') return 'no-access'
  return branches === null || branches.length === 0 ? 'no-branches' : 'mountable'
}

function matchOf(entry: RepoEntry, words: readonly string[]): 'repo' | 'branch' | 'none' {
  const name = repoKey(entry).toLowerCase()
  if (words.every(word => name.includes(word))) return 'repo'
  const isMatch = (branch: string) => words.every(word => `${name}@${branch.toLowerCase()}`.includes(word))
  return entry.branches?.some(isMatch) === true ? 'branch' : 'none'
}

function byProject(repos: readonly RepoEntry[], { project: only, isDescending }: TreeView): [string, RepoEntry[]][] {
  const groups = new Map<string, RepoEntry[]>()
  for (const entry of repos) {
    if (only !== '' && entry.project !== only) continue
    const group = groups.get(entry.project)
    if (group) group.push(entry)
    else groups.set(entry.project, [entry])
  }
  const sign = isDescending ? -1 : 1
  const { compare } = new Intl.Collator()
  const sorted = [...groups].sort(([a], [b]) => sign * compare(a, b))
  for (const [, entries] of sorted) entries.sort((a, b) => sign * compare(a.repo, b.repo))
  return sorted
}
