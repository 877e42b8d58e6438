/** Repos and projects as the API shows them. */
import type { Authorization, ProjectEntry, RepoEntry, RepoQuery } from '@jupyterlab-pachyderm/mount-api'
import { listProjects, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'
import type { pfs } from '@jupyterlab-pachyderm/pachd-proto'

import { MountError } from './errors.js'

const READING = ['REPO_READ', 'REPO_LIST_COMMIT', 'REPO_LIST_BRANCH', 'REPO_LIST_FILE'] as const

/** What a user may do, by the permissions that pachd names; undefined where there is no authorization. */
export function authorizationOf(permissions: readonly string[] | undefined): Authorization {
  if (!permissions) return 'off'
  if (!READING.every(permission => permissions.includes(permission))) return 'none'
  return permissions.includes('REPO_WRITE') ? 'write' : 'read'
}

/** All user repos of all projects, in the order of pachd. Rejects with PachdError. */
async function listRepos(client: Pick<PachdClient, 'pfs'>): Promise<RepoEntry[]> {
  const repos: RepoEntry[] = []
  for await (const info of client.pfs.listRepo({ type: 'user' })) repos.push(repoEntry(info))
  return repos
}

/** A repo as the API shows it. */
export function repoEntry({ repo, branches, authInfo }: pfs.RepoInfo): RepoEntry {
  const authorization = authorizationOf(authInfo?.permissions)
  const isHidden = authorization === 'none' || branches.length === 0
  return { project: repo?.project?.name || 'default', repo: repo?.name ?? '', branches: isHidden ? null : branches.map(({ name }) => name), authorization }
}

/** From here on a listing takes long enough to be remembered: names of repos and branches. */
const MANY_NAMES = 5000
/** So old a remembered listing may be. */
const REMEMBERED_MS = 10_000

/**
 * The repos of a pachd. Where there are many, the listing of a moment ago is answered at once and made anew for the next
 * one who asks, so that other people's changes are seen one request later; when nobody asks, pachd is not asked either.
 */
export class RepoListing {
  readonly #client: Pick<PachdClient, 'pfs'>
  /** The last listing, whatever its age, for while pachd does not answer. */
  #last: readonly RepoEntry[] | undefined
  #remembered: { readonly repos: readonly RepoEntry[]; readonly atMs: number } | undefined
  #renewal: Promise<unknown> | undefined
  /** Counts what was forgotten, so that a listing that was under way is not remembered. */
  #generation = 0
  /** Counts the users. */
  #user = 0

  constructor(client: Pick<PachdClient, 'pfs'>) {
    this.#client = client
  }

  /** The last listing that pachd sent, however old; undefined when there was none. */
  get last(): readonly RepoEntry[] | undefined {
    return this.#last
  }

  /** All user repos of all projects, in the order of pachd. Rejects with PachdError. */
  async list(): Promise<readonly RepoEntry[]> {
    const remembered = this.#remembered
    if (!remembered || performance.now() - remembered.atMs > REMEMBERED_MS) return this.#renew()
    this.#renewal ??= this.#renew()
      // Whoever asks next hears of the failure from pachd itself.
      .catch(() => (this.#remembered = undefined))
      .finally(() => (this.#renewal = undefined))
    return remembered.repos
  }

  /** Another user is logged in, who may see other repos. */
  forgetUser(): void {
    this.forget()
    this.#last = undefined
    this.#user += 1
  }

  /** The next listing is asked for: something was changed here. */
  forget(): void {
    this.#remembered = undefined
    this.#generation += 1
  }

  async #renew(): Promise<readonly RepoEntry[]> {
    const [generation, user, atMs] = [this.#generation, this.#user, performance.now()]
    const repos = await listRepos(this.#client)
    if (user === this.#user) this.#last = repos
    const names = repos.reduce((count, { branches }) => count + 1 + (branches?.length ?? 0), 0)
    if (generation === this.#generation) this.#remembered = names > MANY_NAMES ? { repos, atMs } : undefined
    return repos
  }
}

/** The repos that a query asks for. Throws MountError BAD_REQUEST when `after` is none of them. */
export function selectRepos(repos: readonly RepoEntry[], { search, project, after, limit }: RepoQuery): readonly RepoEntry[] {
  const wanted = search?.toLowerCase() ?? ''
  const behind = after === undefined ? -1 : repos.findIndex(entry => `${entry.project}/${entry.repo}` === after)
  if (after !== undefined && behind < 0) throw new MountError('BAD_REQUEST', `there is no repo "${after}" any more; begin again without "after"`)
  return repos
    .slice(behind + 1)
    .filter(entry => project === undefined || entry.project === project)
    .filter(entry => wanted === '' || [`${entry.project}/${entry.repo}`, ...(entry.branches ?? [])].some(name => name.toLowerCase().includes(wanted)))
    .slice(0, limit)
}

/** All projects, in the order of pachd. Rejects with PachdError. */
export async function projectEntries(client: Pick<PachdClient, 'pfs'>, permissionNumber: (permission: string) => number): Promise<ProjectEntry[]> {
  return (await listProjects(client)).map(({ project, description, authInfo, createdAt }) => ({
    project: { name: project?.name ?? '' },
    ...(description && { description }),
    ...(authInfo && { auth_info: withoutEmpty({ permissions: authInfo.permissions.map(permissionNumber), roles: authInfo.roles }) }),
    ...(createdAt && { created_at: { seconds: createdAt.seconds, nanos: createdAt.nanos } }),
  }))
}

function withoutEmpty({ permissions, roles }: { permissions: number[]; roles: string[] }) {
  return { ...(permissions.length > 0 && { permissions }), ...(roles.length > 0 && { roles }) }
}
