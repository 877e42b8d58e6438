/** Every endpoint of mount-server, named by what it does: method, url, body and reply. */
import { type TSchema, Type } from 'typebox'

import { ClusterConfig, ClusterConfigRequest } from './config.js'
import { DatumState, ShownDatum } from './datums.js'
import { Health } from './health.js'
import { LoginConfig, LoginPage } from './login.js'
import { CommitRequest, MountList, MountRequest, UnmountRequest } from './mounts.js'
import { PipelineRequest, PublishedPipeline } from './pipelines.js'
import { ProjectList, RepoList } from './repos.js'

/** One row of the table. `url` is below the root of mount-server. */
export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST'
  readonly url: string
  readonly body?: TSchema
  readonly reply: TSchema
  /** How it says no: as an ErrorBody, or in one line of plain text as the original does (when left out). */
  readonly errors?: 'json'
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
  commit: { method: 'PUT', url: '/_commit', body: CommitRequest, reply: MountList },
  mountDatums: { method: 'PUT', url: '/datums/_mount', body: Type.Unknown({ description: 'A pipeline specification, JSON or YAML; only its input counts.' }), reply: ShownDatum },
  nextDatum: { method: 'PUT', url: '/datums/_next', reply: ShownDatum },
  previousDatum: { method: 'PUT', url: '/datums/_prev', reply: ShownDatum },
  showDatum: { method: 'PUT', url: '/_show_datum', reply: ShownDatum },
  getDatums: { method: 'GET', url: '/datums', reply: DatumState },
  publishPipeline: { method: 'PUT', url: '/pps/_create', body: PipelineRequest, reply: PublishedPipeline },
  login: { method: 'PUT', url: '/auth/_login', reply: LoginPage },
  loginToken: { method: 'PUT', url: '/auth/_login_token', body: Type.Unknown({ description: 'The OIDC state: {"oidc": "…"}, or as raw text.' }), reply: LoginConfig },
  logout: { method: 'PUT', url: '/auth/_logout', reply: Type.Null() },
} as const satisfies Record<string, Route>
