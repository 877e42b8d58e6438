/** The top line of the panel: which cluster, and how it is. */
import type { Connection } from '../model/connection.js'
import { IconButton } from './IconButton.js'

/** `busy` while an answer is awaited. */
export interface ClusterHeaderProps {
  readonly connection: Connection
  readonly onRefresh: () => void
  readonly onChangeAddress: () => void
  readonly onLogout: () => void
}

const STATUS: Record<Connection['status'], string> = {
  loading: 'Connecting…',
  'no-server': 'Not available',
  failed: 'Something went wrong',
  disconnected: 'Not connected to a cluster',
  unreachable: 'Cluster does not answer',
  'logged-out': 'Logged out',
  connected: 'Connected',
}

/** The line. */
export function ClusterHeader({ connection, onRefresh, onChangeAddress, onLogout }: ClusterHeaderProps) {
  const { status } = connection
  const address = 'address' in connection ? connection.address : ''
  return (
    <div className="jp-Pachyderm-header">
      <span className="jp-Pachyderm-dot" data-status={status} aria-hidden="true" />
      <span className="jp-Pachyderm-cluster" title={`${STATUS[status]}${address === '' ? '' : `: ${address}`}`} aria-live="polite">
        {address === '' ? STATUS[status] : <span data-testid="Config__pachdAddress">{hostOf(address)}</span>}
        {address !== '' && status !== 'connected' && <span className="jp-Pachyderm-clusterStatus"> · {STATUS[status]}</span>}
      </span>
      {status === 'connected' && connection.secured && <IconButton icon="lock" name="Log out" testId="Config__logout" onClick={onLogout} />}
      {address !== '' && <IconButton icon="edit" name="Change the cluster address" testId="Config__pachdAddressUpdate" onClick={onChangeAddress} />}
      <IconButton icon="refresh" name="Refresh" onClick={onRefresh} />
    </div>
  )
}

function hostOf(address: string): string {
  return address.replace(/^(grpcs?|https?):\/\//, '')
}
