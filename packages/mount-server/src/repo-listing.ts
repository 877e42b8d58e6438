/** Repos and projects as the API shows them. */
import type { Authorization, ProjectEntry, RepoEntry } from '@jupyterlab-pachyderm/mount-api'
import type { PachdClient } from '@jupyterlab-pachyderm/pachd-client'

const READING = ['REPO_READ', 'REPO_LIST_COMMIT', 'REPO_LIST_BRANCH', 'REPO_LIST_FILE'] as const

/** What a user may do, by the permissions that pachd names; undefined where there is no authorization. */
export function authorizationOf(permissions: readonly string[] | undefined): Authorization {
  if (!permissions) return 'off'
  if (!READING.every(permission => permissions.includes(permission))) return 'none'
  return permissions.includes('REPO_WRITE') ? 'write' : 'read'
}

/** All user repos of all projects, in the order of pachd. Rejects with PachdError. */
export async function listRepos(client: PachdClient): Promise<RepoEntry[]> {
  const repos: RepoEntry[] = []
  for await (const { repo, branches, authInfo } of client.pfs.listRepo({ type: 'user' })) {
    const authorization = authorizationOf(authInfo?.permissions)
    const isHidden = authorization === 'none' || branches.length === 0
    repos.push({ project: repo?.project?.name ?? 'default', repo: repo?.name ?? '', branches: isHidden ? null : branches.map(({ name }) => name), authorization })
  }
  return repos
}

/** All projects, in the order of pachd. Rejects with PachdError. */
export async function listProjects(client: PachdClient, permissionNumber: (permission: string) => number): Promise<ProjectEntry[]> {
  const projects: ProjectEntry[] = []
  for await (const { project, description, authInfo, createdAt } of client.pfs.listProject({})) {
    projects.push({
      project: { name: project?.name ?? '' },
      ...(description && { description }),
      ...(authInfo && { auth_info: withoutEmpty({ permissions: authInfo.permissions.map(permissionNumber), roles: authInfo.roles }) }),
      ...(createdAt && { created_at: { seconds: createdAt.seconds, nanos: createdAt.nanos } }),
    })
  }
  return projects
}

function withoutEmpty({ permissions, roles }: { permissions: number[]; roles: string[] }) {
  return { ...(permissions.length > 0 && { permissions }), ...(roles.length > 0 && { roles }) }
}
