/** What stands in place of the data while the way to it is not open. */
import type { TranslationBundle } from '@jupyterlab/translation'

import type { Connection, MissingPart } from '../model/connection.js'
import { ConnectForm } from './ConnectForm.js'
import { Notice } from './Notice.js'

/** `editing` shows the form although there is a connection. */
export interface ConnectionGateProps {
  readonly connection: Connection
  readonly editing: boolean
  readonly loginProblem: string | undefined
  readonly onConnect: (address: string, serverCas: string) => Promise<string | undefined>
  readonly onEdit: (editing: boolean) => void
  readonly onRetry: () => void
  readonly onLogin: () => void
  readonly onRestart: () => void
  readonly trans: TranslationBundle
}

/** Nothing when the data can be shown. */
export function ConnectionGate({ connection, editing, loginProblem, onConnect, onEdit, onRetry, onLogin, onRestart, trans }: ConnectionGateProps) {
  if (editing) {
    const address = 'address' in connection ? connection.address : ''
    return <ConnectForm address={address} onConnect={onConnect} onCancel={() => onEdit(false)} trans={trans} />
  }
  const retry = { label: trans.__('Retry'), onClick: onRetry }
  const change = { label: trans.__('Change Address'), onClick: () => onEdit(true) }
  switch (connection.status) {
    case 'connected':
      return null
    case 'loading':
      return <Notice headline={trans.__('Looking for your data…')} />
    case 'disconnected':
      return (
        <>
          <Notice headline={trans.__('No cluster yet')} reason={trans.__('Name the pachd whose data you want to use. It is kept in your Pachyderm configuration.')} />
          <ConnectForm address="" onConnect={onConnect} trans={trans} />
        </>
      )
    case 'unreachable':
      return (
        <Notice
          isError
          headline={trans.__('The cluster does not answer')}
          reason={trans.__('No pachd answers at %1. It may be stopped, or the network is away; or the address is another one.', connection.address)}
          actions={[retry, change]}
        />
      )
    case 'logged-out':
      return (
        <>
          <Notice
            headline={trans.__('You are not logged in')}
            reason={trans.__('%1 asks who you are. Log in, in a window of your browser.', connection.address)}
            actions={[{ label: trans.__('Log in'), onClick: onLogin, testId: 'Config__login' }, change]}
          />
          {loginProblem !== undefined && (
            <p className="jp-Pachyderm-problem" role="alert">
              {loginProblem}
            </p>
          )}
        </>
      )
    case 'no-server':
      return (
        <Notice
          isError
          headline={missingText(connection.missing, trans)}
          reason={connection.reason}
          actions={connection.missing === 'mount-server' ? [{ label: trans.__('Start mount-server'), onClick: onRestart }] : [retry]}
        />
      )
    case 'failed':
      return <Notice isError headline={trans.__('The data could not be listed')} reason={connection.reason} actions={[retry, change]} />
  }
}

function missingText(missing: MissingPart, trans: TranslationBundle): string {
  if (missing === 'jupyter') return trans.__('Jupyter does not answer')
  return missing === 'mount-server' ? trans.__('mount-server is not running') : trans.__('The server extension is missing')
}
