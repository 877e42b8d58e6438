/** The line in the status bar. */
import type { TranslationBundle } from '@jupyterlab/translation'

import type { MountState } from '../model/mount-model.js'

/** A click shows the panel. */
export interface StatusItemProps {
  readonly state: MountState
  readonly onClick: () => void
  readonly trans: TranslationBundle
}

/** The cluster, how much is mounted, and what runs or is behind. */
export function StatusItem({ state, onClick, trans }: StatusItemProps) {
  return (
    <button type="button" className="jp-Pachyderm-status" title={trans.__('Show Pachyderm data')} onClick={onClick}>
      {statusText(state, trans)}
    </button>
  )
}

function statusText({ connection, mounts, progress }: MountState, trans: TranslationBundle): string {
  if (connection.status !== 'connected') return 'address' in connection ? trans.__('Pachyderm: not available') : trans.__('Pachyderm: not connected')
  const host = connection.address.replace(/^\w+:\/\//, '').replace(/:\d+$/, '')
  const behind = mounts.filter(mount => mount.how_many_commits_behind > 0).length
  const parts = [host, trans._n('%1 mount', '%1 mounts', mounts.length)]
  if (behind > 0) parts.push(trans.__('%1 behind', behind))
  if (progress.size > 0) parts.push(trans.__('working…'))
  return parts.join(' · ')
}
