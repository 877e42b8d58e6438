/** The top line of the panel: which cluster, as whom, and how it is. */
import type { TranslationBundle } from '@jupyterlab/translation'

import { addressOf, type Connection } from '../model/connection.js'
import { IconButton } from './IconButton.js'

/** `showsDetails` while more is told below. */
export interface ClusterHeaderProps {
  readonly connection: Connection
  readonly showsDetails: boolean
  readonly onDetails: () => void
  readonly onRefresh: () => void
  readonly onChangeAddress: () => void
  readonly onLogout: () => void
  readonly trans: TranslationBundle
}

/** The line. */
export function ClusterHeader({ connection, showsDetails, onDetails, onRefresh, onChangeAddress, onLogout, trans }: ClusterHeaderProps) {
  const { status } = connection
  const address = addressOf(connection)
  const told = statusText(status, trans)
  const user = status === 'connected' ? connection.user : undefined
  return (
    <div className="jp-Pachyderm-header">
      <span className="jp-Pachyderm-dot" data-status={status} aria-hidden="true" />
      <span className="jp-Pachyderm-cluster" title={[told, address, user].filter(Boolean).join('\n')} aria-live="polite">
        {address === '' ? <span>{told}</span> : <span data-testid="Config__pachdAddress">{hostOf(address)}</span>}
        {address !== '' && status !== 'connected' && <span className="jp-Pachyderm-clusterStatus"> · {told}</span>}
        {user !== undefined && (
          <span className="jp-Pachyderm-clusterStatus" data-testid="Config__user">
            {' · '}
            {user.replace(/^\w+:/, '')}
          </span>
        )}
      </span>
      {status === 'connected' && connection.secured && <IconButton icon="lock" name={trans.__('Log out')} testId="Config__logout" onClick={onLogout} />}
      {address !== '' && <IconButton icon="edit" name={trans.__('Change the cluster address')} testId="Config__pachdAddressUpdate" onClick={onChangeAddress} />}
      <IconButton icon="refresh" name={trans.__('Refresh')} onClick={onRefresh} />
      <IconButton icon="more" name={showsDetails ? trans.__('Hide the details of the connection') : trans.__('Show the details of the connection')} testId="Config__details" onClick={onDetails} />
    </div>
  )
}

function statusText(status: Connection['status'], trans: TranslationBundle): string {
  switch (status) {
    case 'loading':
      return trans.__('Connecting…')
    case 'no-server':
      return trans.__('Not available')
    case 'failed':
      return trans.__('Something went wrong')
    case 'disconnected':
      return trans.__('Not connected to a cluster')
    case 'unreachable':
      return trans.__('Cluster does not answer')
    case 'logged-out':
      return trans.__('Logged out')
    case 'connected':
      return trans.__('Connected')
  }
}

function hostOf(address: string): string {
  return address.replace(/^(grpcs?|https?):\/\//, '')
}
