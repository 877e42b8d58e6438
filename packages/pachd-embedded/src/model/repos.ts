/** Projects and repos: making, finding, listing and deleting them. */
import { ModelError, notFound, refused } from '../model-error.js'
import type { Rows } from '../store/store.js'
import { removeBinding, setBinding } from './role-bindings.js'
import type { Change } from './change.js'
import { NOBODY } from './change.js'
import { DEFAULT_PROJECT, USER_REPO, checkProjectName, checkRepoName, checkText, sameRepo, showBranch, showRepo } from './names.js'
import type { BranchName, RepoName } from './names.js'
import { branchKey, repoKey, tables } from './records.js'
import type { BranchRecord, ProjectRecord, RepoRecord } from './records.js'

/** The project of this name. Throws NOT_FOUND. */
export function requireProject(rows: Rows, name: string): ProjectRecord {
  const project = tables.projects.get(rows, name)
  if (!project) throw notFound(`project "${name}" not found`)
  return project
}

/** Makes a project, or gives an existing one another description. */
export function createProject(change: Change, { name, description, update }: { name: string; description: string; update: boolean }): void {
  const existing = tables.projects.get(change.rows, name)
  checkText(description, 'description')
  if (update) {
    if (!existing) throw notFound(`get project ${name}: get project by name: project "${name}" not found`)
    tables.projects.put(change.rows, [name], { ...existing, description })
    return
  }
  checkProjectName(name)
  if (existing) throw new ModelError('ALREADY_EXISTS', `project "${name}" already exists\nproject ${name} already exists`)
  tables.projects.put(change.rows, [name], { name, description, createdAt: change.time, createdBy: change.caller, order: change.nextOrder() })
  if (change.caller !== NOBODY) setBinding(change.rows, { type: 'PROJECT', name }, { [change.caller]: ['projectOwner'] })
}

/** All projects, oldest first. */
export function listProjects(rows: Rows): ProjectRecord[] {
  return [...tables.projects.list(rows)].sort((a, b) => a.order - b.order)
}

/** Deletes a project; with `force` its repos, too. */
export function deleteProject(change: Change, name: string, { force }: { force: boolean }): void {
  if (!tables.projects.get(change.rows, name)) throw notFound(`get project by name: project "${name}" not found`)
  const repos = [...tables.repos.list(change.rows, name)]
  if (repos.length > 0 && !force) {
    throw new ModelError('FAILED_PRECONDITION', `cannot delete project ${name}: ${repos.map(({ repo }) => `repo ${showRepo(repo)} still exists`).join('\n')}`)
  }
  for (const { repo } of repos) removeRepo(change, repo)
  tables.projects.remove(change.rows, name)
  tables.pipelines.clear(change.rows, name)
  tables.meta.remove(change.rows, 'project-defaults', name)
  removeBinding(change.rows, { type: 'PROJECT', name })
}

/** The repo of this name. Throws NOT_FOUND. */
export function requireRepo(rows: Rows, repo: RepoName): RepoRecord {
  const record = tables.repos.get(rows, ...repoKey(repo))
  if (!record) throw notFound(`repo ${showRepo(repo)} not found`)
  return record
}

/** Makes a repo; with `update` an existing one gets the description. */
export function createRepo(change: Change, { repo, description, update }: { repo: RepoName; description: string; update: boolean }): void {
  checkRepoName(repo)
  checkText(description, 'description')
  if (!tables.projects.get(change.rows, repo.project)) {
    throw notFound(`cannot find project "${repo.project}": get project by name: project "${repo.project}" not found`)
  }
  const existing = tables.repos.get(change.rows, ...repoKey(repo))
  if (existing) {
    if (!update) throw new ModelError('ALREADY_EXISTS', `repo ${showRepo(repo)} already exists`)
    if (existing.description !== description) tables.repos.put(change.rows, repoKey(repo), { ...existing, description })
    return
  }
  const user = { ...repo, type: USER_REPO }
  if (repo.type !== USER_REPO && !tables.repos.get(change.rows, ...repoKey(user))) {
    throw notFound(`cannot create a system repo without a corresponding 'user' repo: repo ${showRepo(user)} not found`)
  }
  tables.repos.put(change.rows, repoKey(repo), { repo, description, created: change.time, order: change.nextOrder() })
  if (change.caller !== NOBODY && repo.type !== 'meta') setBinding(change.rows, repoResource(repo), { [change.caller]: ['repoOwner'] })
}

/** The resource whose role binding guards a repo; its system repos have the same. */
export const repoResource = (repo: RepoName) => ({ type: repo.type === 'spec' ? ('SPEC_REPO' as const) : ('REPO' as const), name: `${repo.project}/${repo.name}` })

/** Repos by project, name and age; of one type or all, of some projects or all. */
export function listRepos(rows: Rows, { type = '', projects = [] }: { type?: string; projects?: readonly string[] }): RepoRecord[] {
  const found = projects.length === 0 ? [...tables.repos.list(rows)] : [...new Set(projects)].sort().flatMap(project => [...tables.repos.list(rows, project)])
  const key = ({ repo }: RepoRecord) => `${repo.project}\0${repo.name}`
  return found
    .filter(({ repo }) => type === '' || repo.type === type)
    .sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.order - b.order))
}

/** The branches of a repo, oldest first. */
export function branchesOf(rows: Rows, repo: RepoName): BranchRecord[] {
  return [...tables.branches.list(rows, ...repoKey(repo))].sort((a, b) => a.order - b.order)
}

/** Deletes a repo and its system repos. False when there was none. */
export function deleteRepo(change: Change, repo: RepoName, { force }: { force: boolean }): boolean {
  if (!tables.repos.get(change.rows, ...repoKey(repo))) return false
  deleteRepos(change, [repo], { force })
  return true
}

/** Deletes repos and their system repos together: what is built on each other among them is no obstacle. */
export function deleteRepos(change: Change, repos: readonly RepoName[], { force }: { force: boolean }): void {
  const all = repos.flatMap(repo => (repo.type === USER_REPO ? [...tables.repos.list(change.rows, repo.project, repo.name)].map(record => record.repo) : [repo]))
  if (!force) {
    for (const { project, name } of all) if (tables.pipelines.get(change.rows, project, name)) throw refused('cannot delete a repo associated with a pipeline - delete the pipeline instead')
    checkNotInProvenance(change.rows, all)
  }
  for (const one of all) removeRepo(change, one)
}

function checkNotInProvenance(rows: Rows, repos: readonly RepoName[]): void {
  for (const repo of repos) {
    for (const { branch } of tables.branches.list(rows, ...repoKey(repo))) {
      const others = subvenantBranches(rows, branch).filter(({ repo: other }) => !repos.some(one => sameRepo(one, other)))
      if (others.length > 0) {
        throw refused(`branch "${showBranch(branch)}" cannot be deleted because it's in the direct provenance of [${others.map(showBranch).join(' ')}]`)
      }
    }
  }
}

/** The branches that have this one in their direct provenance. */
export const subvenantBranches = (rows: Rows, branch: BranchName): BranchName[] => [...tables.branchSubvenance.list(rows, ...branchKey(branch))]

function removeRepo(change: Change, repo: RepoName): void {
  for (const record of branchesOf(change.rows, repo)) {
    detachSubvenance(change, record.branch)
    change.removeBranch(record)
  }
  for (const record of [...tables.commits.list(change.rows, ...repoKey(repo))]) {
    for (const sub of [...tables.commitSubvenance.list(change.rows, ...repoKey(repo), record.commit.id)]) {
      const subRecord = tables.commits.get(change.rows, ...repoKey(sub.repo), sub.id)
      if (subRecord) change.putCommit({ ...subRecord, provenance: subRecord.provenance.filter(source => !sameRepo(source.repo, repo)) })
    }
    change.removeCommit(record)
  }
  tables.commitChildren.clear(change.rows, ...repoKey(repo))
  tables.repos.remove(change.rows, ...repoKey(repo))
  if (repo.type !== 'meta') removeBinding(change.rows, repoResource(repo))
}

/** Takes a branch out of the provenance of all others. */
export function detachSubvenance(change: Change, branch: BranchName): void {
  for (const sub of subvenantBranches(change.rows, branch)) {
    const record = tables.branches.get(change.rows, ...branchKey(sub))
    if (record) change.putBranch({ ...record, provenance: record.provenance.filter(source => !(source.name === branch.name && sameRepo(source.repo, branch.repo))) })
  }
}

/** Removes every project with all that is in it, and makes `default` again. */
export function deleteEverything(change: Change): void {
  for (const { name } of listProjects(change.rows)) deleteProject(change, name, { force: true })
  createProject(change, { name: DEFAULT_PROJECT, description: '', update: false })
}
