/** The line in the status bar. */
import type { MountState } from '../model/mount-model.js'

/** A click shows the panel. */
export interface StatusItemProps {
  readonly state: MountState
  readonly onClick: () => void
}

/** The cluster, how much is mounted, and what runs or is behind. */
export function StatusItem({ state, onClick }: StatusItemProps) {
  return (
    <button type="button" className="jp-Pachyderm-status" title="Show Pachyderm data" onClick={onClick}>
      {statusText(state)}
    </button>
  )
}

function statusText({ connection, mounts, progress }: MountState): string {
  if (connection.status !== 'connected') return 'address' in connection ? 'Pachyderm: not available' : 'Pachyderm: not connected'
  const host = connection.address.replace(/^\w+:\/\//, '').replace(/:\d+$/, '')
  const behind = mounts.filter(mount => mount.how_many_commits_behind > 0).length
  const running = [...progress.values()][0]
  const parts = [host, mounts.length === 1 ? '1 mount' : `${mounts.length} mounts`]
  if (behind > 0) parts.push(`${behind} behind`)
  if (running !== undefined) parts.push(`${running}…`)
  return parts.join(' · ')
}
