/** The commits of branches, page by page, and the heads of the branches of opened repos. */
import type { CommitEntry, MountServerClient } from '@jupyterlab-pachyderm/mount-api'

import { reasonOf } from '../server/api-error.js'
import { branchKey, repoKey, type BranchRef } from './mount-naming.js'
import { Observable } from './observable.js'

/** The commits of one branch that are known, the newest first. `next` is null when these are all of them. */
export interface History {
  readonly commits: readonly CommitEntry[]
  readonly next: string | null
  readonly isLoading: boolean
  /** Why the last page could not be listed. */
  readonly problem: string | undefined
}

/** Both by key of the branch; `heads` are the newest commits of the branches of opened repos. */
export interface HistoryState {
  readonly histories: ReadonlyMap<string, History>
  readonly heads: ReadonlyMap<string, CommitEntry>
}

const PAGE_COMMITS = 25
const NOTHING_LISTED: History = { commits: [], next: null, isLoading: false, problem: undefined }

/** Asks pachd only for what was opened. */
export class HistoryModel extends Observable<HistoryState> {
  private readonly opened = new Map<string, BranchRef>()

  constructor(private readonly client: Pick<MountServerClient, 'listCommits' | 'listBranches'>) {
    super({ histories: new Map(), heads: new Map() })
  }

  /** Lists the newest commits of a branch, unless that was done. */
  async open(ref: BranchRef): Promise<void> {
    const known = this.state.histories.get(branchKey(ref))
    if (known === undefined || (known.commits.length === 0 && !known.isLoading)) await this.listPage(ref, [], undefined)
  }

  /** Lists the next page of a branch; after a failure, the one that failed. */
  async loadMore(ref: BranchRef): Promise<void> {
    const known = this.state.histories.get(branchKey(ref)) ?? NOTHING_LISTED
    if (!known.isLoading) await this.listPage(ref, known.commits, known.next ?? undefined)
  }

  /** Lists what was opened of a branch anew, because its head has moved; without a branch, all that was opened. */
  async reload(ref?: BranchRef): Promise<void> {
    const concerned = [...this.opened.values()].filter(known => ref === undefined || branchKey(known) === branchKey(ref))
    const repos = new Map(concerned.map(known => [repoKey(known), known]))
    await Promise.all([...concerned.map(known => this.listPage(known, [], undefined)), ...[...repos.values()].map(known => this.openRepo(known))])
  }

  /** Asks for the heads of all branches of a repo. Without an answer the rows have no times. */
  async openRepo({ project, repo }: Pick<BranchRef, 'project' | 'repo'>): Promise<void> {
    // Whoever opens a branch hears why pachd does not answer.
    const { branches } = await this.client.listBranches({ project, repo }).catch(() => ({ branches: [] }))
    const heads = branches.flatMap(({ branch, head }) => (head === null ? [] : [[branchKey({ project, repo, branch }), head] as const]))
    if (heads.length > 0) this.set({ heads: new Map([...this.state.heads, ...heads]) })
  }

  private async listPage(ref: BranchRef, before: readonly CommitEntry[], after: string | undefined): Promise<void> {
    const key = branchKey(ref)
    const known = this.state.histories.get(key) ?? NOTHING_LISTED
    this.opened.set(key, ref)
    this.put(key, { ...known, isLoading: true, problem: undefined })
    try {
      const { project, repo, branch } = ref
      const limit = before.length === 0 ? Math.max(PAGE_COMMITS, known.commits.length) : PAGE_COMMITS
      const { commits, next } = await this.client.listCommits({ project, repo, branch, limit, ...(after === undefined ? {} : { after }) })
      this.put(key, { commits: [...before, ...commits], next, isLoading: false, problem: undefined })
    } catch (error) {
      this.put(key, { ...known, isLoading: false, problem: reasonOf(error) })
    }
  }

  private put(key: string, history: History): void {
    this.set({ histories: new Map(this.state.histories).set(key, history) })
  }
}
