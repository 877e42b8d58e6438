/** Every endpoint of mount-server, named by what it does: method, url, body and reply. */
import type { TSchema } from 'typebox'

import { ClusterConfig, ClusterConfigRequest } from './config.js'
import { Health } from './health.js'
import { MountList, MountRequest, UnmountRequest } from './mounts.js'
import { ProjectList, RepoList } from './repos.js'

/** One row of the table. `url` is below the root of mount-server. */
export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST'
  readonly url: string
  readonly body?: TSchema
  readonly reply: TSchema
}

export const routes = {
  health: { method: 'GET', url: '/health', reply: Health },
  getConfig: { method: 'GET', url: '/config', reply: ClusterConfig },
  setConfig: { method: 'PUT', url: '/config', body: ClusterConfigRequest, reply: ClusterConfig },
  listProjects: { method: 'GET', url: '/projects', reply: ProjectList },
  listRepos: { method: 'GET', url: '/repos', reply: RepoList },
  listMounts: { method: 'GET', url: '/mounts', reply: MountList },
  mount: { method: 'PUT', url: '/_mount', body: MountRequest, reply: MountList },
  unmount: { method: 'PUT', url: '/_unmount', body: UnmountRequest, reply: MountList },
  unmountAll: { method: 'PUT', url: '/_unmount_all', reply: MountList },
} as const satisfies Record<string, Route>
