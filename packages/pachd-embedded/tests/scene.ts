/** A model on rows in memory, without content and without a server: what the rules of repos, branches and commits do. */
import { createBranch } from '../src/model/branches.js'
import type { BranchRequest } from '../src/model/branches.js'
import { Change } from '../src/model/change.js'
import { beginFinish, findBranch, startCommit } from '../src/model/commits.js'
import { findCommit, resolveCommit } from '../src/model/commit-reference.js'
import type { BranchName, RepoName } from '../src/model/names.js'
import { propagate } from '../src/model/propagation.js'
import type { CommitRecord } from '../src/model/records.js'
import { createProject, createRepo } from '../src/model/repos.js'
import { createMemoryStore } from '../src/store/memory-store.js'

export const repo = (name: string): RepoName => ({ project: 'default', name, type: 'user' })
export const branch = (of: string, name = 'master'): BranchName => ({ repo: repo(of), name })

/** The rows of one test and the shortest ways to change them. */
export class ModelScene {
  private readonly store = createMemoryStore()

  get rows() {
    return this.store.rows
  }

  change<T>(work: (change: Change) => T): Promise<T> {
    return this.store.write(rows => {
      const change = new Change(rows)
      const made = work(change)
      propagate(change)
      return made
    })
  }

  async repos(...names: string[]): Promise<void> {
    await this.change(change => {
      createProject(change, { name: 'default', description: '', update: false })
      for (const name of names) createRepo(change, { repo: repo(name), description: '', update: false })
    })
  }

  branch(of: string, name: string, request: Partial<BranchRequest> = {}): Promise<void> {
    return this.change(change => createBranch(change, { branch: branch(of, name), head: undefined, provenance: [], silent: [], trigger: undefined, ...request }))
  }

  /** A commit that is started, and finished without any files. */
  async commit(of: string, name = 'master'): Promise<CommitRecord> {
    const started = await this.start(of, name)
    await this.finish(started)
    return this.now(started)
  }

  start(of: string, name = 'master'): Promise<CommitRecord> {
    return this.change(change => startCommit(change, { branch: branch(of, name), parent: undefined, description: '' }))
  }

  async finish(record: CommitRecord): Promise<void> {
    await this.change(change => {
      beginFinish(change, this.now(record), {})
      change.putCommit({ ...this.now(record), finished: change.time, root: 0, baseRoot: 0 })
    })
  }

  /** The commit as it is by now. */
  now({ commit }: CommitRecord): CommitRecord {
    const record = findCommit(this.rows, commit)
    if (!record) throw new Error(`${commit.id} is gone`)
    return record
  }

  head(of: string, name = 'master'): CommitRecord {
    return resolveCommit(this.rows, { repo: repo(of), id: '', branch: name })
  }

  provenance(of: string, name = 'master'): string[] | undefined {
    return findBranch(this.rows, branch(of, name))?.provenance.map(source => `${source.repo.name}@${source.name}`)
  }
}
