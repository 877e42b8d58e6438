/** Every endpoint of mount-server, named by what it does: method, url, parameters, body and reply. */
import { type TObject, type TSchema, Type } from 'typebox'

import { BranchList, CommitList, CommitListQuery, CommitParams, Diff, DiffQuery, Provenance, RepoParams } from './commits.js'
import { ClusterConfig, ClusterConfigRequest } from './config.js'
import { DatumState, MoveDatumRequest, ShowDatumQuery, ShownDatum } from './datums.js'
import { EventMessage } from './events.js'
import { DirectoryPage, FileDeleteQuery, FileParams, FileQuery, RenameRequest, WrittenFile } from './files.js'
import { Health } from './health.js'
import { AuthState, LoginConfig, LoginPage, TokenLogin } from './login.js'
import { LogPage, LogQuery } from './logs.js'
import { ActivateContextRequest, ContextList } from './contexts.js'
import { CommitRequest, DiscardRequest, FollowRequest, MountChanges, MountDetails, MountList, MountParams, MountRequest, UnmountRequest } from './mounts.js'
import { PageQuery } from './paging.js'
import { PipelineParams, PipelineRequest, PipelineStatus, PublishedPipeline } from './pipelines.js'
import { NewRepo, ProjectList, RepoEntry, RepoList, RepoQuery } from './repos.js'
import { Readiness, VersionInfo } from './server-info.js'
import { TransferList } from './transfers.js'

/** One row of the table. */
export interface Route {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** Below the root of mount-server. `:name` stands for one component of a path, a final `*` for any number. */
  readonly url: string
  /** One sentence for readers of the reference. */
  readonly summary?: string
  readonly params?: TObject
  readonly query?: TObject
  readonly body?: TSchema
  /** What is sent and answered where it is not JSON; such a row has no method in the client. */
  readonly media?: { readonly body?: string; readonly reply?: string }
  /** Answers bytes where there is no JSON to answer. */
  readonly orBytes?: true
  readonly reply: TSchema
  /** Whether a success has no body. */
  readonly isEmpty?: true
  /** How it says no: as an ErrorBody, or in one line of plain text as the original does (when left out). */
  readonly errors?: 'json'
}

export const routes = {
  health: { method: 'GET', url: '/health', summary: 'Whether mount-server runs; it says nothing of the cluster.', reply: Health },
  getConfig: { method: 'GET', url: '/config', summary: 'Which cluster is connected; 404 when none is.', reply: ClusterConfig },
  setConfig: { method: 'PUT', url: '/config', summary: 'Connects to a pachd; mounts of the cluster before are committed and unmounted first.', body: ClusterConfigRequest, reply: ClusterConfig },
  listProjects: { method: 'GET', url: '/projects', summary: 'The projects of the cluster.', reply: ProjectList },
  listRepos: { method: 'GET', url: '/repos', summary: 'The repos with their branches, and what you may do with them.', query: RepoQuery, reply: RepoList },
  listMounts: { method: 'GET', url: '/mounts', summary: 'What is mounted, and all repos.', reply: MountList },
  listMountDetails: { method: 'GET', url: '/mounts/details', summary: 'All mounts, with what they have to commit.', reply: MountDetails, errors: 'json' },
  mount: { method: 'PUT', url: '/_mount', summary: 'Mounts branches or commits, each as a directory.', body: MountRequest, reply: MountList },
  unmount: { method: 'PUT', url: '/_unmount', summary: 'Commits what was written to mounts, and unmounts them.', body: UnmountRequest, reply: MountList },
  unmountAll: { method: 'PUT', url: '/_unmount_all', summary: 'Unmounts everything, datums included.', reply: MountList },
  commit: { method: 'PUT', url: '/_commit', summary: 'Commits what was written to a mount.', body: CommitRequest, reply: MountList },
  mountDatums: { method: 'PUT', url: '/datums/_mount', summary: 'Shows the first datum of an input specification in the place of all mounts.', body: Type.Unknown({ description: 'A pipeline specification, JSON or YAML; only its input counts.' }), reply: ShownDatum },
  nextDatum: { method: 'PUT', url: '/datums/_next', summary: 'Shows the next datum.', reply: ShownDatum },
  previousDatum: { method: 'PUT', url: '/datums/_prev', summary: 'Shows the datum before.', reply: ShownDatum },
  moveDatum: { method: 'PUT', url: '/datums/_move', summary: 'Goes some datums on or back, and around the end if that is wanted.', body: MoveDatumRequest, reply: ShownDatum, errors: 'json' },
  cancelDatums: { method: 'PUT', url: '/datums/_cancel', summary: 'Gives up the datums that are being computed; their request is refused, and what was shown stays.', reply: DatumState, errors: 'json' },
  showDatum: { method: 'PUT', url: '/_show_datum', summary: 'Shows a datum by its position or id.', query: ShowDatumQuery, reply: ShownDatum },
  getDatums: { method: 'GET', url: '/datums', summary: 'Which datum is shown, of how many.', reply: DatumState },
  publishPipeline: { method: 'PUT', url: '/pps/_create', summary: 'Commits code to a repo, and makes a pipeline that runs it.', body: PipelineRequest, reply: PublishedPipeline },
  getPipeline: { method: 'GET', url: '/pps/pipelines/:project/:pipeline', summary: 'How a pipeline is, and what it was made from.', params: PipelineParams, reply: PipelineStatus, errors: 'json' },
  login: { method: 'PUT', url: '/auth/_login', summary: 'Begins a login; answers the page on which a person goes on.', reply: LoginPage },
  loginToken: { method: 'PUT', url: '/auth/_login_token', summary: 'Waits for the end of a login, and keeps its token in the config file.', body: Type.Unknown({ description: 'The OIDC state: {"oidc": "…"}, or as raw text.' }), reply: LoginConfig },
  logout: { method: 'PUT', url: '/auth/_logout', summary: 'Unmounts everything and forgets the login.', reply: Type.Null(), isEmpty: true },
  getAuth: { method: 'GET', url: '/auth', summary: 'Who is logged in, and until when.', reply: AuthState, errors: 'json' },
  loginWithToken: { method: 'PUT', url: '/auth/_login_with_token', summary: 'Logs in without a browser.', body: TokenLogin, reply: AuthState, errors: 'json' },
  listContexts: { method: 'GET', url: '/contexts', summary: 'The contexts of the config file.', reply: ContextList, errors: 'json' },
  activateContext: { method: 'PUT', url: '/contexts/_activate', summary: 'Changes to another context; what is mounted is committed and unmounted first.', body: ActivateContextRequest, reply: ClusterConfig, errors: 'json' },
  version: { method: 'GET', url: '/version', summary: 'What runs here, and which pachd is connected.', reply: VersionInfo, errors: 'json' },
  ready: { method: 'GET', url: '/ready', summary: 'Whether everything is there that mounting needs; 503 with the reasons when not.', reply: Readiness, errors: 'json' },
  metrics: { method: 'GET', url: '/metrics', summary: 'Counters for Prometheus.', reply: Type.String(), media: { reply: 'text/plain; version=0.0.4' }, errors: 'json' },
  openApi: { method: 'GET', url: '/openapi.json', summary: 'This reference.', reply: Type.Unknown(), errors: 'json' },
  events: { method: 'GET', url: '/events', summary: 'What changes, as server-sent events; the first one is a snapshot.', reply: EventMessage, media: { reply: 'text/event-stream' }, errors: 'json' },
  listLogs: { method: 'GET', url: '/logs', summary: 'The last messages of the log.', query: LogQuery, reply: LogPage, errors: 'json' },
  listTransfers: { method: 'GET', url: '/transfers', summary: 'Reads, uploads and commits that are running.', reply: TransferList, errors: 'json' },
  createRepo: { method: 'PUT', url: '/repos/:project/:repo/_create', summary: 'Makes a repo, without a branch; the first commit of a mount with mode "rw" makes one.', params: RepoParams, body: NewRepo, reply: RepoEntry, errors: 'json' },
  listBranches: { method: 'GET', url: '/repos/:project/:repo/branches', summary: 'The branches of a repo with their heads.', params: RepoParams, query: PageQuery, reply: BranchList, errors: 'json' },
  listCommits: { method: 'GET', url: '/repos/:project/:repo/commits', summary: 'The history of a repo or branch, the newest commit first.', params: RepoParams, query: CommitListQuery, reply: CommitList, errors: 'json' },
  diffCommits: { method: 'GET', url: '/repos/:project/:repo/commits/:commit/diff', summary: 'The files that a commit changed, against its parent or any other commit.', params: CommitParams, query: DiffQuery, reply: Diff, errors: 'json' },
  getProvenance: { method: 'GET', url: '/repos/:project/:repo/commits/:commit/provenance', summary: 'The commits that a commit was made from, and those that were made from it, over all steps. Before pachd 2.10 the latter are those of the same commit set.', params: CommitParams, reply: Provenance, errors: 'json' },
  listChanges: { method: 'GET', url: '/mounts/:name/changes', summary: 'What the next commit of a mount would change, and what others changed meanwhile.', params: MountParams, query: PageQuery, reply: MountChanges, errors: 'json' },
  discardChanges: { method: 'PUT', url: '/mounts/:name/_discard', summary: 'Throws changes away that are not committed: all, or those of some paths.', params: MountParams, body: DiscardRequest, reply: MountList, errors: 'json' },
  updateMount: { method: 'PUT', url: '/mounts/:name/_update', summary: 'Shows the present head of the branch instead of the commit that is shown.', params: MountParams, reply: MountList, errors: 'json' },
  followMount: { method: 'PUT', url: '/mounts/:name/_follow', summary: 'Lets a read-only mount of a branch show each new head by itself, or stay where it is.', params: MountParams, body: FollowRequest, reply: MountList, errors: 'json' },
  listDirectory: { method: 'GET', url: '/files/:mount/*', summary: 'A page of a directory; or the bytes of a file, all or those of a Range. The header Allow says whether it can be written.', params: FileParams, query: FileQuery, reply: DirectoryPage, orBytes: true, errors: 'json' },
  writeFile: { method: 'PUT', url: '/files/:mount/*', summary: 'Writes a file of a mount with mode "rw", or with a slash at the end makes a directory.', params: FileParams, body: Type.String(), reply: WrittenFile, media: { body: 'application/octet-stream' }, errors: 'json' },
  deleteFile: { method: 'DELETE', url: '/files/:mount/*', summary: 'Deletes a file or directory of a mount with mode "rw".', params: FileParams, query: FileDeleteQuery, reply: Type.Null(), errors: 'json' },
  renameFile: { method: 'PUT', url: '/mounts/:name/_rename', summary: 'Renames or moves a file or directory within a mount with mode "rw".', params: MountParams, body: RenameRequest, reply: WrittenFile, errors: 'json' },
} as const satisfies Record<string, Route>
