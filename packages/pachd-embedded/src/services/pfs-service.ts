/** pfs_v2: projects, repos and branches here, commits and files in rooms of their own. */
import { Empty, pfs } from '@jupyterlab-pachyderm/pachd-proto'

import { ModelError, refused } from '../model-error.js'
import { addMissingBindings, authorize, isAuthorized, permissionsOf } from '../model/auth.js'
import { requireBranch } from '../model/branches.js'
import { NOBODY } from '../model/change.js'
import { inspectRecords } from '../model/inspection.js'
import { USER_REPO } from '../model/names.js'
import { tables } from '../model/records.js'
import type { RepoRecord } from '../model/records.js'
import { branchesOf, createProject, deleteEverything, deleteProject, deleteRepos, listProjects, listRepos, repoResource, requireProject, requireRepo } from '../model/repos.js'
import type { Resource } from '../model/role-bindings.js'
import { serializeBytes } from './bytes-answer.js'
import { implementService } from './call.js'
import type { Call, ServiceBase } from './call.js'
import { commitMethods } from './pfs-commits.js'
import type { PfsContext } from './pfs-context.js'
import { fileMethods } from './pfs-files.js'
import { storageMethods } from './pfs-storage.js'
import { uploadMethods } from './pfs-uploads.js'
import { walkMethods } from './pfs-walks.js'
import { runOrAppend } from './transactions.js'
import { fromBranch, fromRepo, repoSize, required, toBranchInfo, toProjectInfo, toRepo, toRepoInfo } from './wire.js'

const empty = (): Empty => Empty.fromPartial({})

function projectMethods({ pachd }: PfsContext) {
  const authInfo = (caller: string, name: string): pfs.AuthInfo | undefined => (caller === NOBODY ? undefined : permissionsOf(pachd.rows, caller, { type: 'PROJECT', name }))

  function inspect(name: string, { caller }: Call): pfs.ProjectInfo {
    try {
      return toProjectInfo(requireProject(pachd.rows, name), authInfo(caller, name))
    } catch (error) {
      throw ModelError.within(`error getting project "${name}": get project by name`, error)
    }
  }

  return {
    async createProject({ project, description, update }: pfs.CreateProjectRequest, { caller }: Call) {
      if (!project || project.name === '') throw refused('project cannot be nil')
      await pachd.change(change => createProject(change, { name: project.name, description, update }), { caller })
      return empty()
    },
    inspectProject: (request: pfs.InspectProjectRequest, call: Call) => inspect(required(request.project, 'InspectProjectRequest', 'Project').name, call),
    inspectProjectV2: (request: pfs.InspectProjectV2Request, call: Call) => ({
      info: inspect(required(request.project, 'InspectProjectV2Request', 'Project').name, call),
      defaultsJson: '{}',
    }),
    listProject: (_: pfs.ListProjectRequest, { caller }: Call) => listProjects(pachd.rows).map(record => toProjectInfo(record, authInfo(caller, record.name))),
    async deleteProject({ project, force }: pfs.DeleteProjectRequest, { caller }: Call) {
      const name = project?.name ?? ''
      try {
        if (tables.projects.get(pachd.rows, name)) authorize(pachd.rows, caller, { type: 'PROJECT', name }, 'PROJECT_DELETE', 'PROJECT_MODIFY_BINDINGS')
      } catch (error) {
        throw ModelError.within(`user is not authorized to delete project "${name}"`, error)
      }
      await pachd.change(change => deleteProject(change, name, { force }), { caller })
      return empty()
    },
    async deleteAll(_: Empty, { caller }: Call) {
      await pachd.change(change => deleteEverything(change), { caller })
      return empty()
    },
    async activateAuth() {
      await pachd.change(change => addMissingBindings(change, { shareDefaultProject: true }))
      return {}
    },
  }
}

function repoMethods({ pachd }: PfsContext) {
  const authInfo = (caller: string, resource: Resource): pfs.AuthInfo | undefined => (caller === NOBODY ? undefined : permissionsOf(pachd.rows, caller, resource))

  const isVisible = ({ repo }: RepoRecord, caller: string): boolean =>
    caller === NOBODY || permissionsOf(pachd.rows, caller, repoResource(repo)).permissions.length > 0 || isAuthorized(pachd.rows, caller, { type: 'PROJECT', name: repo.project }, 'PROJECT_LIST_REPO')

  return {
    createRepo: (request: pfs.CreateRepoRequest, call: Call) => runOrAppend(pachd, call, { createRepo: request }, empty),
    inspectRepo({ repo }: pfs.InspectRepoRequest, { caller }: Call) {
      const record = requireRepo(pachd.rows, fromRepo(repo))
      return toRepoInfo(pachd.rows, record, { inspected: true, authInfo: authInfo(caller, repoResource(record.repo)) })
    },
    *listRepo({ type, projects, page }: pfs.ListRepoRequest, { caller }: Call): Generator<pfs.RepoInfo, void, undefined> {
      const all = listRepos(pachd.rows, { type, projects: projects.map(({ name }) => name) }).filter(record => isVisible(record, caller))
      const size = page?.pageSize ?? 0
      const start = size > 0 ? size * (page?.pageIndex ?? 0) : 0
      for (const record of size > 0 ? all.slice(start, start + size) : all) {
        yield toRepoInfo(pachd.rows, record, { inspected: false, authInfo: authInfo(caller, repoResource(record.repo)) })
      }
    },
    deleteRepo: (request: pfs.DeleteRepoRequest, call: Call) => runOrAppend(pachd, call, { deleteRepo: request }, ({ deleted = false }) => ({ deleted })),
    async deleteRepos({ projects, force, all }: pfs.DeleteReposRequest, { caller }: Call) {
      const names = projects.map(({ name }) => name)
      if (!all && names.length === 0) return { repos: [] }
      const deleted = await pachd.change(
        change => {
          const repos = listRepos(change.rows, { type: USER_REPO, projects: all ? [] : names }).filter(({ repo }) => isAuthorized(change.rows, caller, repoResource(repo), 'REPO_DELETE'))
          deleteRepos(change, repos.map(({ repo }) => repo), { force: force || all })
          return repos
        },
        { caller },
      )
      return { repos: deleted.map(({ repo }) => toRepo(repo)) }
    },
    reposSummary({ projects }: pfs.ReposSummaryRequest, { caller }: Call) {
      const names = projects.flatMap(({ picker }) => picker?.name ?? [])
      const wanted = names.length > 0 ? names : listProjects(pachd.rows).map(({ name }) => name)
      return {
        summaries: wanted.map(name => {
          const repos = listRepos(pachd.rows, { type: USER_REPO, projects: [name] }).filter(record => isVisible(record, caller))
          return { project: { name }, userRepoCount: repos.length, sizeBytes: repos.reduce((sum, { repo }) => sum + repoSize(pachd.rows, repo), 0) }
        }),
      }
    },
  }
}

function branchMethods({ pachd }: PfsContext) {
  return {
    createBranch: (request: pfs.CreateBranchRequest, call: Call) => runOrAppend(pachd, call, { createBranch: request }, empty),
    deleteBranch(request: pfs.DeleteBranchRequest, call: Call) {
      required(request.branch, 'DeleteBranchRequest', 'Branch')
      return runOrAppend(pachd, call, { deleteBranch: request }, empty)
    },
    inspectBranch({ branch }: pfs.InspectBranchRequest) {
      if (!branch) throw refused('branch cannot be nil')
      try {
        return toBranchInfo(pachd.rows, requireBranch(pachd.rows, fromBranch(branch)))
      } catch (error) {
        throw ModelError.within('inspect branch in transaction', error)
      }
    },
    *listBranch({ repo, reverse }: pfs.ListBranchRequest, { caller }: Call): Generator<pfs.BranchInfo, void, undefined> {
      if (!repo || repo.name === '') {
        if (caller !== NOBODY) throw refused('Cannot list branches from all repos with auth activated')
        const all = [...tables.branches.list(pachd.rows)].sort((a, b) => (reverse ? a.order - b.order : b.order - a.order))
        for (const record of all) yield toBranchInfo(pachd.rows, record)
        return
      }
      const name = fromRepo(repo)
      authorize(pachd.rows, caller, repoResource(name), 'REPO_LIST_BRANCH')
      requireRepo(pachd.rows, name)
      const branches = branchesOf(pachd.rows, name)
      for (const record of reverse ? branches : branches.reverse()) yield toBranchInfo(pachd.rows, record)
    },
  }
}

/** The service of data. */
export function pfsService(base: ServiceBase, context: PfsContext) {
  const { pachd } = context
  const [definition, implementation] = implementService(pfs.APIDefinition, base, {
    ...projectMethods(context),
    ...repoMethods(context),
    ...branchMethods(context),
    ...commitMethods(context),
    ...fileMethods(context),
    ...uploadMethods(context),
    ...walkMethods(context),
    ...storageMethods(context),
    *fsck() {
      for (const error of inspectRecords(pachd.rows)) yield { fix: '', error }
    },
  })
  const { getFile } = definition
  return [getFile ? { ...definition, getFile: { ...getFile, responseSerialize: serializeBytes } } : definition, implementation] as const
}

