/** A mount-server in memory, for the tests of the model: it mounts what it is told to. */
import { createMountServerClient, type AuthState, type CommitEntry, type ContextList, type MountEntry, type MountServerClient, type MountSpec, type PipelineStatus, type RepoEntry, type Transport } from '@jupyterlab-pachyderm/mount-api'

import { ApiError } from '../src/server/api-error.js'
import { createServerHalf, type PublishAnswer } from '../src/server/server-half.js'

/** One mount as mount-server lists it; the rest follows from the name. */
export function mountEntry(part: Partial<MountEntry> & { name: string }): MountEntry {
  return {
    project: 'default',
    repo: part.name.replace(/^default_/, ''),
    branch: 'master',
    commit: 'a'.repeat(32),
    paths: ['/'],
    mode: 'ro',
    state: 'mounted',
    status: 'up to date on latest commit aaaaaaaa',
    mountpoint: `/pfs/${part.name}`,
    latest_commit: 'a'.repeat(32),
    how_many_commits_behind: 0,
    ...part,
  }
}

/** One repo with a master branch, unless `part` says otherwise. */
export function repoEntry(part: Partial<RepoEntry> & { repo: string }): RepoEntry {
  return { project: 'default', branches: ['master'], authorization: 'off', ...part }
}

/** One finished commit of master, unless `part` says otherwise. */
export function commitEntry(part: Partial<CommitEntry> & { id: string }): CommitEntry {
  return { branch: 'master', message: '', parent: null, origin: 'USER', state: 'finished', started: '2026-01-01T00:00:00Z', finished: '2026-01-01T00:00:01Z', size_bytes: 10, ...part }
}

/** Requests can be refused (`refuse`) or held back (`hold`) by `METHOD url`. */
export class ScriptedMountServer {
  readonly seen: string[] = []
  readonly bodies: unknown[] = []
  repos: RepoEntry[] = [repoEntry({ repo: 'images' })]
  mounts: MountEntry[] = []
  config: { cluster_status: string; pachd_address?: string } = { cluster_status: 'AUTH_DISABLED', pachd_address: 'grpc://pachd:30650' }
  published: PublishAnswer = { message: 'Create pipeline request sent.' }
  /** What a preview answers. */
  spec: Record<string, unknown> = { pipeline: { name: 'edges' } }
  /** The pipeline that is there, by any name. */
  pipeline: PipelineStatus | undefined
  auth: AuthState = { state: 'logged-out', user: null }
  private context = 'home'
  private datums = { input: null as unknown, idx: 0, num_datums: 0, all_datums_received: false }
  private readonly refusals = new Map<string, ApiError>()
  private readonly gates = new Map<string, Promise<void>>()

  private readonly transport: Transport = ({ method, url, body }) => this.answer(`${method} ${url}`, body)
  readonly client: MountServerClient = createMountServerClient(this.transport)
  readonly serverHalf = createServerHalf(this.transport)

  /** From now on that request is refused; without `status` it is answered again. */
  refuse(request: string, status?: number, message = 'refused', code = ''): void {
    if (status === undefined) this.refusals.delete(request)
    else this.refusals.set(request, new ApiError(message, status, code))
  }

  /** Holds the answers to that request back until the returned function is called. */
  hold(request: string): () => void {
    let release = () => {}
    this.gates.set(request, new Promise(resolve => (release = resolve)))
    return () => {
      this.gates.delete(request)
      release()
    }
  }

  private async answer(request: string, body: unknown): Promise<unknown> {
    this.seen.push(request)
    this.bodies.push(body)
    const before = { mounted: [...this.mounts], unmounted: this.repos }
    await this.gates.get(request)
    const refusal = this.refusals.get(request)
    if (refusal) throw refusal
    if (request === 'GET /mounts') return before
    if (request === 'GET /config') return this.config
    if (request === 'PUT /config') return { ...this.config, ...(body as object) }
    if (request === 'PUT /_mount') for (const { name, repo, branch, commit, mode } of (body as { mounts: MountSpec[] }).mounts) this.mounts.push(mountEntry({ name, repo, branch: branch ?? 'master', mode: mode ?? 'ro', ...(commit !== undefined && { commit }) }))
    if (request === 'PUT /_unmount') this.mounts = this.mounts.filter(mount => !(body as { mounts: string[] }).mounts.includes(mount.name))
    if (request.endsWith('/_update')) this.mounts = this.mounts.map(mount => ({ ...mount, how_many_commits_behind: 0 }))
    if (request.includes('/pps/')) return this.answerPipelines(request)
    if (request.includes('/mount-server')) return { problem: '', lines: ['ready'], way: 'fuse', reason: '', mount_dir: '/pfs', address: '/run/mount.sock', version: '0.1.0' }
    if (request === 'GET /auth') return this.auth
    if (request === 'PUT /auth/_login') return { auth_url: 'https://login', oidc_state: 'state' }
    if (request === 'PUT /contexts/_activate') this.context = (body as { context: string }).context
    if (request === 'GET /contexts') return this.contexts()
    if (request.includes('datum')) return this.answerDatums(request, body)
    if (request === 'PUT /_unmount_all') {
      this.mounts = []
      this.datums = { ...this.datums, num_datums: 0 }
    }
    return { mounted: [...this.mounts], unmounted: this.repos }
  }

  private contexts(): ContextList {
    const contexts = ['home', 'work'].map(name => ({ name, pachd_address: `grpc://${name}:30650`, has_token: false, project: null }))
    return { file: '/home/ana/.pachyderm/config.json', active: this.context, connected: this.context, contexts }
  }

  private answerPipelines(request: string): unknown {
    if (request === 'PUT /pps/_preview') return this.spec
    if (!request.startsWith('GET /pps/pipelines/')) return this.published
    if (!this.pipeline) throw new ApiError('pipeline not found', 404, 'NOT_FOUND')
    return this.pipeline
  }

  private answerDatums(request: string, body: unknown): unknown {
    if (request === 'PUT /datums/_mount') {
      this.mounts = [mountEntry({ name: 'datum' })]
      this.datums = { input: (body as { input: unknown }).input, idx: 0, num_datums: 4, all_datums_received: true }
    }
    if (request === 'PUT /datums/_next') this.datums.idx++
    if (request === 'PUT /datums/_prev') this.datums.idx--
    if (request === 'PUT /datums/_move') this.datums.idx = (this.datums.idx + (body as { by: number }).by + 4) % 4
    const [, index] = /_show_datum\?idx=(\d+)/.exec(request) ?? []
    if (index !== undefined) this.datums.idx = Number(index)
    return { ...this.datums }
  }
}
