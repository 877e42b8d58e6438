/** Mounts as they were at other commits, for readers that began before the mount moved on. */
import { PathSelection, ReadOnlyVolume, type Volume } from '@jupyterlab-pachyderm/mount-fs'
import { isNotFound } from '@jupyterlab-pachyderm/pachd-client'

import { type CommitView, viewCommit } from './commit-view.js'
import type { Cluster } from './connection.js'
import { MountError } from './errors.js'
import type { MountLife } from './mount-life.js'

const MAX_VIEWS = 100

/** What pachd says of finished commits is kept; it does not change. */
export class EarlierCommits {
  readonly #views = new WeakMap<Cluster, Map<string, CommitView>>()

  /** What the mount shows of the commit with this id. Rejects with PachdError, and MountError GONE when the commit was deleted. */
  async volumeAt({ mount, cluster }: Pick<MountLife, 'mount' | 'cluster'>, id: string): Promise<Volume> {
    if (mount.mode === 'ro' && mount.commit?.id === id) return mount.volume
    const { commit, committedMs } = await this.#view(cluster, { ...mount.source, id })
    return new ReadOnlyVolume(mount.name, cluster.trees.of(commit, committedMs), new PathSelection(mount.paths), cluster.readers)
  }

  async #view(cluster: Cluster, commit: CommitView['commit']): Promise<CommitView> {
    const views = this.#views.get(cluster) ?? new Map<string, CommitView>()
    this.#views.set(cluster, views)
    const key = `${commit.project}/${commit.repo}@${commit.id}`
    const known = views.get(key)
    if (known) return known
    const view = await viewCommit(cluster.client, commit).catch((cause: unknown) => {
      if (!isNotFound(cause)) throw cause
      throw new MountError('GONE', `${key} was deleted`, { cause })
    })
    if (view.commit.openView === undefined) views.set(key, view)
    for (const oldest of views.keys()) {
      if (views.size <= MAX_VIEWS) break
      views.delete(oldest)
    }
    return view
  }
}
