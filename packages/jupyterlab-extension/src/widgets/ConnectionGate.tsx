/** What stands in place of the data while the way to it is not open. */
import type { TranslationBundle } from '@jupyterlab/translation'

import type { Connection, MissingPart } from '../model/connection.js'
import type { SessionState } from '../model/session-model.js'
import { ConnectForm, type ConnectDraft } from './ConnectForm.js'
import type { ConnectionActions } from './ConnectionArea.js'
import { LoginForm } from './LoginForm.js'
import { Notice } from './Notice.js'

/** `editing` shows the form although there is a connection. */
export interface ConnectionGateProps extends ConnectionActions {
  readonly connection: Connection
  readonly session: SessionState
  readonly editing: boolean
  readonly draft: ConnectDraft
  readonly token: string
  readonly onEdit: (editing: boolean) => void
  readonly onDraft: (draft: ConnectDraft) => void
  readonly onTokenEdit: (token: string) => void
  readonly trans: TranslationBundle
}

/** Nothing when the data can be shown. */
export function ConnectionGate(props: ConnectionGateProps) {
  const { connection, session, editing, draft, token, onEdit, onDraft, onTokenEdit, onConnect, onRefresh, onRestart, onShowLog, trans } = props
  const form = <ConnectForm draft={draft} onDraft={onDraft} onConnect={onConnect} onCancel={editing ? () => onEdit(false) : undefined} trans={trans} />
  if (editing) return form
  const retry = { label: trans.__('Retry'), onClick: onRefresh }
  const change = { label: trans.__('Change Address'), onClick: () => onEdit(true) }
  const showLog = { label: trans.__('Show log'), onClick: onShowLog }
  switch (connection.status) {
    case 'connected':
      return null
    case 'loading':
      return <Notice headline={trans.__('Looking for your data…')} />
    case 'disconnected':
      return (
        <>
          <Notice headline={trans.__('No cluster yet')} reason={connection.reason ?? trans.__('Name the pachd whose data you want to use. It is kept in your Pachyderm configuration.')} />
          {form}
        </>
      )
    case 'unreachable':
      return <Notice isError headline={trans.__('The cluster does not answer')} reason={unreachableText(connection, trans)} actions={[retry, change, showLog]} />
    case 'logged-out':
      return (
        <LoginForm
          address={connection.address}
          session={session}
          token={token}
          onTokenEdit={onTokenEdit}
          onToken={props.onToken}
          onLogin={props.onLogin}
          onCancel={props.onCancelLogin}
          change={change}
          trans={trans}
        />
      )
    case 'no-server':
      return (
        <Notice
          isError
          headline={missingText(connection.missing, trans)}
          reason={connection.reason}
          actions={connection.missing === 'mount-server' ? [{ label: trans.__('Start mount-server'), onClick: onRestart }, showLog] : [retry]}
        />
      )
    case 'failed':
      return <Notice isError headline={trans.__('The data could not be listed')} reason={connection.reason} actions={[retry, change, showLog]} />
  }
}

function unreachableText({ address, reason }: Extract<Connection, { status: 'unreachable' }>, trans: TranslationBundle): string {
  if (address === '') return reason ?? trans.__('The cluster of your Pachyderm configuration does not answer.')
  return trans.__('No pachd answers at %1. It may be stopped, or the network is away; or the address is another one.', address)
}

function missingText(missing: MissingPart, trans: TranslationBundle): string {
  const texts: Record<MissingPart, string> = {
    jupyter: trans.__('Jupyter does not answer'),
    'server-extension': trans.__('The server extension is missing'),
    'mount-server': trans.__('mount-server is not running'),
    sidecar: trans.__('mount-server is not running'),
  }
  return texts[missing]
}
