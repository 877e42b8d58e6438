/** One mount while it lasts: what it shows, what is known of it, and how the listing tells of it. */
import type { CommitProgress, MountEntry } from '@jupyterlab-pachyderm/mount-api'
import { type MountedBranch, PathSelection, ReadOnlyVolume, type StageDirectory, WorkingCopy } from '@jupyterlab-pachyderm/mount-fs'
import { commitReference, isNotFound, repoReference } from '@jupyterlab-pachyderm/pachd-client'
import { join } from 'node:path'

import type { Cluster } from './connection.js'
import type { CheckedMount } from './mount-request.js'
import { type MountStatus, UNKNOWN_STATUS } from './mount-status.js'

/** A mount of a cluster, with a working copy when it can be written. */
export interface MountLife {
  readonly mount: MountedBranch
  readonly workingCopy: WorkingCopy | undefined
  readonly cluster: Cluster
  status: MountStatus
  /** Whether pachd did not answer when it was last asked for the status. */
  isStatusOld?: boolean
  /** Set while the mount follows its branch. */
  stopFollowing?: () => void
  uncommitted?: MountEntry['uncommitted']
}

/** Begins the life of a checked mount; undefined when there is nothing to read and it cannot be written. Throws FsError. */
export function beginLife({ name, source, mode, paths, commit, committedMs }: CheckedMount, cluster: Cluster, stage: StageDirectory): MountLife | undefined {
  const selection = new PathSelection(paths)
  if (mode === 'rw') {
    const base = commit && { commit, madeAtMs: committedMs }
    return writableLife(WorkingCopy.open({ name, base, cluster, stage, selection, target: source }), { name, source, paths }, cluster)
  }
  if (!commit) return undefined
  const volume = new ReadOnlyVolume(name, cluster.trees.of(commit, committedMs), selection, cluster.readers)
  return { mount: { name, source, mode, paths, commit, volume }, workingCopy: undefined, cluster, status: UNKNOWN_STATUS }
}

/** The life of a mount that shows a working copy. */
export function writableLife(workingCopy: WorkingCopy, { name, source, paths }: Pick<MountedBranch, 'name' | 'source' | 'paths'>, cluster: Cluster): MountLife {
  const mount: MountedBranch = {
    name, source, mode: 'rw', paths, volume: workingCopy.volume,
    get commit() {
      return workingCopy.commit
    },
  }
  return { mount, workingCopy, cluster, status: UNKNOWN_STATUS }
}

/** The row of the listing; `mountDir` is the directory that shows all mounts. */
export function mountEntry({ mount, workingCopy, status, isStatusOld = false, stopFollowing, uncommitted }: MountLife, mountDir: string): MountEntry {
  const { name, source, mode, paths, commit } = mount
  return {
    name, ...source, commit: commit?.id ?? '', paths: [...paths], mode, state: 'mounted', mountpoint: join(mountDir, name), ...status,
    ...(isStatusOld && { status: 'not known: pachd does not answer' }),
    ...(stopFollowing && { following: true }), ...(uncommitted && { uncommitted }), ...(workingCopy && commitProgress(workingCopy)),
  }
}

/** Counts what was written and not committed. Rejects with PachdError. */
export async function countUncommitted(life: MountLife): Promise<void> {
  const counts = await life.workingCopy?.countChanges()
  life.uncommitted = counts && counts.added + counts.changed + counts.deleted > 0 ? { ...counts } : undefined
}

/** How far the commit of a working copy is; no key while none runs. */
export function commitProgress({ commitProgress: progress }: WorkingCopy): { committing?: CommitProgress } {
  if (!progress) return {}
  return { committing: { files_done: progress.filesDone, files_total: progress.filesTotal, bytes_done: progress.bytesDone, bytes_total: progress.bytesTotal } }
}

/** Asking again for a branch whose head has moved is asking for the mount that is there; it says how far it is behind. */
export function isSameSource({ source, mode, commit }: MountedBranch, checked: CheckedMount): boolean {
  const isSameBranch = source.project === checked.source.project && source.repo === checked.source.repo && source.branch === checked.source.branch
  return isSameBranch && (mode === 'rw' || checked.mode === 'rw' || !checked.namesCommit || commit?.id === checked.commit?.id)
}

/** Whether pachd still has what the mount shows. Only its answer that it is missing counts: a pachd that is away keeps its mounts. Rejects with PachdError. */
export async function isSourceThere({ mount: { source: { project, repo }, mode, commit }, cluster: { client } }: MountLife): Promise<boolean> {
  try {
    if (mode === 'rw' || !commit) await client.pfs.inspectRepo({ repo: repoReference({ project, name: repo }) })
    else await client.pfs.inspectCommit({ commit: commitReference({ project, repo, id: commit.id }), wait: 'STARTED' })
    return true
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}
