/** The rows of the Repositories section: projects, their repos, and the branches of opened repos. */
import type { MountEntry, RepoEntry } from '@jupyterlab-pachyderm/mount-api'

import { defaultBranchOf, mountNameOf, type BranchRef } from './mount-naming.js'

/** Why a repo cannot be mounted, or that it can. */
export type Access = 'mountable' | 'no-access' | 'no-branches'

/** One visible row. `mountName` is the name that mounting it gives; `mounted` says that this is done. */
export type RepoRow =
  | { readonly kind: 'project'; readonly key: string; readonly project: string; readonly repoCount: number; readonly open: boolean }
  | {
      readonly kind: 'repo'
      readonly key: string
      readonly entry: RepoEntry
      readonly access: Access
      readonly open: boolean
      readonly target: BranchRef | undefined
      readonly mounted: boolean
    }
  | { readonly kind: 'branch'; readonly key: string; readonly ref: BranchRef; readonly mounted: boolean; readonly entry: RepoEntry }

/** What the user chose to see. Projects are open unless closed; repos are closed unless opened. */
export interface TreeView {
  readonly search: string
  readonly project: string
  readonly closedProjects: ReadonlySet<string>
  readonly openRepos: ReadonlySet<string>
}

/** Nothing searched, every project open. */
export const wholeTree: TreeView = { search: '', project: '', closedProjects: new Set(), openRepos: new Set() }

/** The key of a repo in `openRepos`. */
export function repoKey({ project, repo }: { project: string; repo: string }): string {
  return `${project}/${repo}`
}

/** The rows to show, in order of project and repo. A search opens the repos whose branches match. */
export function repoRows(repos: readonly RepoEntry[], mounts: readonly MountEntry[], view: TreeView): RepoRow[] {
  const words = view.search.toLowerCase().split(/\s+/).filter(Boolean)
  const mounted = new Set(mounts.map(branchKey))
  const rows: RepoRow[] = []
  for (const [project, entries] of byProject(repos, view.project)) {
    const shown = entries.map(entry => ({ entry, match: matchOf(entry, words) })).filter(({ match }) => match !== 'none')
    if (shown.length === 0) continue
    const open = words.length > 0 || !view.closedProjects.has(project)
    rows.push({ kind: 'project', key: `project:${project}`, project, repoCount: shown.length, open })
    if (!open) continue
    for (const { entry, match } of shown) rows.push(...rowsOfRepo(entry, mounted, match === 'branch' || view.openRepos.has(repoKey(entry))))
  }
  return rows
}

/** The projects that have repos, in order. */
export function projectsOf(repos: readonly RepoEntry[]): string[] {
  return [...new Set(repos.map(({ project }) => project))].sort((a, b) => a.localeCompare(b))
}

function rowsOfRepo(entry: RepoEntry, mounted: ReadonlySet<string>, open: boolean): RepoRow[] {
  const { project, repo } = entry
  const branch = defaultBranchOf(entry.branches)
  const target = branch === undefined ? undefined : { project, repo, branch }
  const access = accessOf(entry)
  const isMounted = target !== undefined && mounted.has(branchKey(target))
  const row: RepoRow = { kind: 'repo', key: repoKey(entry), entry, access, open: open && access === 'mountable', target, mounted: isMounted }
  if (!row.open) return [row]
  const branches = (entry.branches ?? []).map((name): RepoRow => {
    const ref = { project, repo, branch: name }
    return { kind: 'branch', key: branchKey(ref), ref, mounted: mounted.has(branchKey(ref)), entry }
  })
  return [row, ...branches]
}

function accessOf({ authorization, branches }: RepoEntry): Access {
  if (authorization === 'none') return 'no-access'
  return branches === null || branches.length === 0 ? 'no-branches' : 'mountable'
}

function branchKey({ project, repo, branch }: BranchRef): string {
  return `${project}/${repo}@${branch}`
}

function matchOf(entry: RepoEntry, words: readonly string[]): 'repo' | 'branch' | 'none' {
  const name = repoKey(entry).toLowerCase()
  if (words.every(word => name.includes(word))) return 'repo'
  const isMatch = (branch: string) => words.every(word => `${name}@${branch.toLowerCase()}`.includes(word))
  return entry.branches?.some(isMatch) === true ? 'branch' : 'none'
}

function byProject(repos: readonly RepoEntry[], only: string): [string, RepoEntry[]][] {
  const groups = new Map<string, RepoEntry[]>()
  for (const entry of repos) {
    if (only !== '' && entry.project !== only) continue
    const group = groups.get(entry.project)
    if (group) group.push(entry)
    else groups.set(entry.project, [entry])
  }
  const sorted = [...groups].sort(([a], [b]) => a.localeCompare(b))
  for (const [, entries] of sorted) entries.sort((a, b) => a.repo.localeCompare(b.repo))
  return sorted
}

/** The name that mounting this row's branch gives; undefined for rows that have none. */
export function mountNameOfRow(row: RepoRow): string | undefined {
  if (row.kind === 'branch') return mountNameOf(row.ref)
  return row.kind === 'repo' && row.target ? mountNameOf(row.target) : undefined
}
