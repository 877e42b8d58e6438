/** The commits around a commit, each asked for once, and their direct sources, which pachds of different ages tell in different ways. */
import { branchReference, commitReference, detectFeatures, type PachdClient, PachdError, repoOfCommit } from '@jupyterlab-pachyderm/pachd-client'

import type { CommitInfo } from './commit-entry.js'

/** A commit of a repo of users. `branch` is empty when it is unknown; the key tells commits apart. */
export interface ProvenanceCommit {
  readonly project: string
  readonly repo: string
  readonly branch: string
  readonly id: string
  readonly key: string
}

/** So many commits of a set are read at most; the others are asked for when they are reached. */
const MAX_SET_COMMITS = 2000

type CommitReference = NonNullable<CommitInfo['commit']>

/** What is known so far. All methods reject with PachdError, but not for commits that may not be read or are gone. */
export class ProvenanceCommits {
  readonly #client: Pick<PachdClient, 'pfs' | 'version'>
  readonly #infos = new Map<string, CommitInfo>()
  /** The commits of the set, by the keys of those that they were made from. */
  readonly #madeFrom = new Map<string, ProvenanceCommit[]>()
  #namesCommits: Promise<boolean> | undefined

  constructor(client: Pick<PachdClient, 'pfs' | 'version'>) {
    this.#client = client
  }

  /** The commits of a set and those they were made from; answers whether these were all. Where one of them may not be read, none is known. */
  async learnSet(id: string, mostCommits = MAX_SET_COMMITS): Promise<boolean> {
    const learned: ProvenanceCommit[] = []
    let isWhole = true
    try {
      for await (const info of this.#client.pfs.inspectCommitSet({ commitSet: { id } })) {
        const commit = info.commit && userCommit(info.commit)
        if (!commit) continue
        if (learned.length >= mostCommits) {
          isWhole = false
          break
        }
        this.learn(commit, info)
        learned.push(commit)
      }
    } catch (error) {
      if (!isHidden(error)) throw error
    }
    for (const commit of learned) {
      for (const { key } of await this.sourcesOf(commit)) this.#madeFrom.set(key, [...(this.#madeFrom.get(key) ?? []), commit])
    }
    return isWhole
  }

  /** Keeps what pachd said of a commit. */
  learn({ key }: ProvenanceCommit, info: CommitInfo): void {
    this.#infos.set(key, info)
  }

  /** What pachd said of a commit; undefined when it was not asked for, or may not be read. */
  infoOf(key: string): CommitInfo | undefined {
    return this.#infos.get(key)
  }

  /** Whether a commit was made from others, those in repos of pipelines included. */
  isDerived({ key }: ProvenanceCommit): boolean {
    const info = this.#infos.get(key)
    return info !== undefined && (info.directProvenance.length > 0 || info.origin?.kind !== 'USER')
  }

  /** The commits that it was directly made from. */
  async sourcesOf(commit: ProvenanceCommit): Promise<readonly ProvenanceCommit[]> {
    const info = await this.#ask(commit)
    if (!info) return []
    if (info.directProvenance.length > 0) return info.directProvenance.flatMap(source => userCommit(source) ?? [])
    if (info.origin?.kind === 'USER' || commit.branch === '' || (await this.#doCommitsNameCommits())) return []
    const { directProvenance } = await this.#client.pfs.inspectBranch({ branch: branchReference(commit) })
    return directProvenance.flatMap(branch => userCommit({ repo: branch.repo, branch, id: commit.id }) ?? [])
  }

  /** The commits that were directly made from it. */
  async madeFrom(commit: ProvenanceCommit): Promise<readonly ProvenanceCommit[]> {
    const info = await this.#ask(commit)
    const told = (info?.directSubvenance ?? []).flatMap(made => userCommit(made) ?? [])
    const keys = new Set(told.map(({ key }) => key))
    return [...told, ...(this.#madeFrom.get(commit.key) ?? []).filter(({ key }) => !keys.has(key))]
  }

  async #ask(commit: ProvenanceCommit): Promise<CommitInfo | undefined> {
    const known = this.#infos.get(commit.key)
    if (known) return known
    try {
      const info = await this.#client.pfs.inspectCommit({ commit: commitReference(commit), wait: 'STARTED' })
      this.learn(commit, info)
      return info
    } catch (error) {
      if (isHidden(error)) return undefined
      throw error
    }
  }

  #doCommitsNameCommits(): Promise<boolean> {
    this.#namesCommits ??= detectFeatures(this.#client).then(({ commitProvenance }) => commitProvenance)
    return this.#namesCommits
  }
}

/** Pipelines keep their specifications and their work in repos that are nobody's data. */
function userCommit(reference: CommitReference): ProvenanceCommit | undefined {
  const { project, name, type } = repoOfCommit(reference)
  if (type !== 'user') return undefined
  return { project, repo: name, branch: reference.branch?.name ?? '', id: reference.id, key: `${project}/${name}@${reference.id}` }
}

function isHidden(error: unknown): boolean {
  const { code } = PachdError.from(error)
  return code === 'PERMISSION_DENIED' || code === 'NOT_FOUND'
}
