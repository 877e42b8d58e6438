/** The line in the status bar: the cluster, how much is mounted and uncommitted, and what runs. */
import type { TranslationBundle } from '@jupyterlab/translation'

import type { MountState } from './mount-model.js'

/** Its parts are separated by dots, the cluster first. */
export function statusText(state: MountState, trans: TranslationBundle): string {
  const { connection, mounts } = state
  if (connection.status !== 'connected') return 'address' in connection ? trans.__('Pachyderm: not available') : trans.__('Pachyderm: not connected')
  const behind = mounts.filter(mount => mount.how_many_commits_behind > 0).length
  const uncommitted = sum(mounts, mount => (mount.uncommitted ? mount.uncommitted.added + mount.uncommitted.changed + mount.uncommitted.deleted : 0))
  return [
    hostOf(connection.address),
    trans._n('%1 mount', '%1 mounts', mounts.length),
    ...(behind > 0 ? [trans.__('%1 behind', behind)] : []),
    ...(uncommitted > 0 ? [trans.__('%1 uncommitted', uncommitted)] : []),
    ...workText(state, trans),
  ].join(' · ')
}

function workText({ mounts, transfers, progress }: MountState, trans: TranslationBundle): string[] {
  const committing = mounts.flatMap(mount => mount.committing ?? [])
  if (committing.length > 0) return [trans.__('committing %1', percent(sum(committing, commit => commit.bytes_done), sum(committing, commit => commit.bytes_total)))]
  const uploads = transfers.filter(({ kind }) => kind === 'upload')
  if (uploads.length > 0) return [trans.__('uploading %1', percent(sum(uploads, upload => upload.done_bytes), sum(uploads, upload => upload.total_bytes ?? 0)))]
  return progress.size > 0 ? [trans.__('working…')] : []
}

function sum<T>(items: readonly T[], count: (item: T) => number): number {
  return items.reduce((total, item) => total + count(item), 0)
}

/** Nothing is said of a total that is not known. */
function percent(done: number, total: number): string {
  return total > 0 ? `${Math.floor((done / total) * 100)} %` : '…'
}

function hostOf(address: string): string {
  return address.replace(/^\w+:\/\//, '').replace(/:\d+$/, '')
}
