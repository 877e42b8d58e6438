/** What differs between pachd 2.3 and 2.12, so that callers need not know which one answers. */
import type { MessageInit, pfs, version } from '@jupyterlab-pachyderm/pachd-proto'

import type { CallOptions } from './call-options.js'
import { isNotFound, PachdError } from './errors.js'
import type { PachdClient } from './pachd-client.js'

/** What a pachd of some version can do. */
export interface PachdFeatures {
  /** Repos live in projects (2.5 on). Before, there is only the one called "default". */
  readonly projects: boolean
  /** ListFile, WalkFile and ListDatum take a marker and a number (2.6 on). Before, they answer everything. */
  readonly paging: boolean
  /** DeleteRepo says whether there was something to delete (2.8 on). Before, `deleted` is always false. */
  readonly deleteRepoAnswers: boolean
  /** SquashCommit and DropCommit work on one commit (2.8 on). Before, only on commit sets. */
  readonly singleCommits: boolean
  /** A commit names the commits that it was made from (2.6 on). Before, only its branch names other branches. */
  readonly commitProvenance: boolean
  /** CreateDatum streams datums in batches (2.9 on). */
  readonly createDatum: boolean
  /** A commit in an answer names the branch that it was made on (before 2.12). Newer ones leave the branch out. */
  readonly commitBranches: boolean
}

/** The features of a version, as GetVersion answers it. A development build (0.0.x) counts as the newest. */
export function featuresOf({ major, minor }: Pick<version.Version, 'major' | 'minor'>): PachdFeatures {
  const isAtLeast = (wanted: number) => (major === 0 && minor === 0) || major > 2 || (major === 2 && minor >= wanted)
  return { projects: isAtLeast(5), paging: isAtLeast(6), deleteRepoAnswers: isAtLeast(8), singleCommits: isAtLeast(8), commitProvenance: isAtLeast(6), createDatum: isAtLeast(9), commitBranches: !isAtLeast(12) }
}

/** Asks a pachd for its version and says what it can do. Rejects with PachdError. */
export async function detectFeatures(client: Pick<PachdClient, 'version'>, options?: CallOptions): Promise<PachdFeatures> {
  return featuresOf(await client.version.getVersion({}, options))
}

/** All projects; one called "default" where pachd knows none. Rejects with PachdError. */
export async function listProjects(client: Pick<PachdClient, 'pfs'>, options?: CallOptions): Promise<Pick<pfs.ProjectInfo, 'project' | 'description' | 'authInfo' | 'createdAt'>[]> {
  const projects: pfs.ProjectInfo[] = []
  try {
    for await (const info of client.pfs.listProject({}, options)) projects.push(info)
  } catch (error) {
    if (!(error instanceof PachdError) || error.code !== 'UNIMPLEMENTED') throw error
    return [{ project: { name: 'default' }, description: '', authInfo: undefined, createdAt: undefined }]
  }
  return projects
}

/** Whether a project exists; where pachd knows no projects, "default" does. Rejects with PachdError. */
export async function projectExists(client: Pick<PachdClient, 'pfs'>, name: string, options?: CallOptions): Promise<boolean> {
  try {
    await client.pfs.inspectProject({ project: { name } }, options)
    return true
  } catch (error) {
    if (!(error instanceof PachdError)) throw error
    if (error.code === 'UNIMPLEMENTED') return name === 'default'
    if (error.code === 'NOT_FOUND' || error.message.includes('not found')) return false
    throw error
  }
}

/** Deletes a repo and says whether it was there, also where pachd does not say it. Rejects with PachdError. */
export async function deleteRepo(client: Pick<PachdClient, 'pfs'>, repo: MessageInit<pfs.Repo>, { features, force = false, ...options }: CallOptions & { features: PachdFeatures; force?: boolean }): Promise<boolean> {
  if (features.deleteRepoAnswers) return (await client.pfs.deleteRepo({ repo, force }, options)).deleted
  try {
    await client.pfs.inspectRepo({ repo }, options)
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
  await client.pfs.deleteRepo({ repo, force }, options)
  return true
}

/** Removes a commit that has children, which keep its data; its whole commit set where pachd can do only that. Rejects with PachdError. */
export function squashCommit(client: Pick<PachdClient, 'pfs'>, commit: MessageInit<pfs.Commit>, options?: CallOptions): Promise<unknown> {
  return orElse(
    () => client.pfs.squashCommit({ commit }, options),
    () => client.pfs.squashCommitSet({ commitSet: { id: commit.id ?? '' } }, options),
  )
}

/** Removes a commit without children, with its data; its whole commit set where pachd can do only that. Rejects with PachdError. */
export function dropCommit(client: Pick<PachdClient, 'pfs'>, commit: MessageInit<pfs.Commit>, options?: CallOptions): Promise<unknown> {
  return orElse(
    () => client.pfs.dropCommit({ commit }, options),
    () => client.pfs.dropCommitSet({ commitSet: { id: commit.id ?? '' } }, options),
  )
}

/** What an older pachd is asked instead of a method that it does not have. */
async function orElse<T, U>(ask: () => Promise<T>, instead: () => Promise<U>): Promise<T | U> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof PachdError) || error.code !== 'UNIMPLEMENTED') throw error
    return instead()
  }
}

/** The repo that a commit of an answer belongs to: newer pachds set `repo`, older ones only `branch.repo`. */
export function repoOfCommit(commit: MessageInit<pfs.Commit>): { project: string; name: string; type: string } {
  const repo = commit.repo?.name ? commit.repo : commit.branch?.repo
  return { project: repo?.project?.name || 'default', name: repo?.name ?? '', type: repo?.type || 'user' }
}

/**
 * The children of a directory in byte order, asked for in pages of `pageSize` where pachd can, so that neither side
 * holds all of a large directory. Rejects with PachdError.
 */
export async function* listFilePages(client: Pick<PachdClient, 'pfs'>, file: MessageInit<pfs.File>, { pageSize, features, ...options }: CallOptions & { pageSize: number; features: PachdFeatures }): AsyncGenerator<pfs.FileInfo, void, undefined> {
  if (!features.paging) {
    yield* client.pfs.listFile({ file }, options)
    return
  }
  let marker: string | undefined = ''
  while (marker !== undefined) {
    const page: MessageInit<pfs.ListFileRequest> = { file, number: pageSize, ...(marker ? { paginationMarker: { commit: file.commit, path: marker } } : {}) }
    let count = 0
    let last: string | undefined
    for await (const info of client.pfs.listFile(page, options)) {
      count += 1
      last = info.file?.path
      yield info
    }
    marker = count < pageSize ? undefined : last
  }
}
