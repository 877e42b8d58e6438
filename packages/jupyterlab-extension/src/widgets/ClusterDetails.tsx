/** What there is to know of the connection: the context, the user, the way to the data, the versions. */
import type { TranslationBundle } from '@jupyterlab/translation'
import { useState, type ReactNode } from 'react'

import type { Connection } from '../model/connection.js'
import type { SessionState } from '../model/session-model.js'
import type { ServerStatus } from '../server/server-half.js'
import { Select } from './Select.js'

/** `onActivate` answers why it was not possible, or undefined. */
export interface ClusterDetailsProps {
  readonly connection: Connection
  readonly session: SessionState
  readonly onActivate: (context: string) => Promise<string | undefined>
  readonly onShowLog: () => void
  readonly trans: TranslationBundle
}

/** Names and values; what is not known is left out. */
export function ClusterDetails({ connection, session, onActivate, onShowLog, trans }: ClusterDetailsProps) {
  const { contexts, versions, server } = session
  const user = connection.status !== 'connected' ? undefined : (connection.user ?? (connection.secured ? undefined : trans.__('nobody; this cluster has no logins')))
  return (
    <div className="jp-Pachyderm-details" data-testid="Config__detailsList">
      <dl>
        {contexts && <ContextRow contexts={contexts} onActivate={onActivate} trans={trans} />}
        {user !== undefined && <Row name={trans.__('Logged in as')}>{user}</Row>}
        {server && (
          <Row name={trans.__('Data is shown')}>
            {wayText(server, trans)}
            {server.reason !== '' && <span className="jp-Pachyderm-secondary"> {server.reason}</span>}
          </Row>
        )}
        {contexts && <Row name={trans.__('Clusters are kept in')}>{contexts.file}</Row>}
        {server && <Row name="jupyterlab-pachyderm">{server.version}</Row>}
        {versions && <Row name="mount-server">{versions.version}</Row>}
        {versions && <Row name={trans.__('API as of')}>{versions.api_compat}</Row>}
        {versions?.pachd && <Row name="pachd">{versions.pachd.version}</Row>}
      </dl>
      <button type="button" className="jp-Pachyderm-button" data-testid="Config__showLog" onClick={onShowLog}>
        {trans.__('Show log')}
      </button>
    </div>
  )
}

function ContextRow({ contexts, onActivate, trans }: Pick<ClusterDetailsProps, 'onActivate' | 'trans'> & { contexts: NonNullable<SessionState['contexts']> }) {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const shown = contexts.connected ?? contexts.active ?? ''
  const isListed = contexts.contexts.some(({ name }) => name === shown)
  const activate = async (context: string) => {
    setBusy(true)
    setProblem(await onActivate(context))
    setBusy(false)
  }
  return (
    <Row name={trans.__('Context')}>
      {contexts.contexts.length === 0 ? (
        shown
      ) : (
        <Select label={trans.__('Context')} value={isListed ? shown : ''} disabled={busy} testId="Config__context" onChange={context => void activate(context)}>
          {!isListed && <option value="">{shown}</option>}
          {contexts.contexts.map(({ name, pachd_address: address }) => (
            <option key={name} value={name} title={address ?? undefined}>
              {name}
            </option>
          ))}
        </Select>
      )}
      {(problem ?? contexts.problem) !== undefined && (
        <span className="jp-Pachyderm-problem" role="alert">
          {problem ?? contexts.problem}
        </span>
      )}
    </Row>
  )
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}

function wayText({ way, mount_dir: directory }: ServerStatus, trans: TranslationBundle): string {
  switch (way) {
    case 'fuse':
      return trans.__('mounted at %1', directory)
    case 'namespace':
      return trans.__('at %1, through a mount in a user namespace', directory)
    case 'none':
      return trans.__('without a mount, as pfs://<mount>/<path>')
  }
}
