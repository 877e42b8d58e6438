/** What stands in place of the data while the way to it is not open. */
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
}

const MISSING: Record<MissingPart, string> = {
  jupyter: 'Jupyter does not answer',
  'server-extension': 'The server extension is missing',
  'mount-server': 'mount-server is not running',
}

/** Nothing when the data can be shown. */
export function ConnectionGate({ connection, editing, loginProblem, onConnect, onEdit, onRetry, onLogin, onRestart }: ConnectionGateProps) {
  if (editing) {
    const address = 'address' in connection ? connection.address : ''
    return <ConnectForm address={address} onConnect={onConnect} onCancel={() => onEdit(false)} />
  }
  const retry = { label: 'Retry', onClick: onRetry }
  const change = { label: 'Change Address', onClick: () => onEdit(true) }
  switch (connection.status) {
    case 'connected':
      return null
    case 'loading':
      return <Notice headline="Looking for your data…" />
    case 'disconnected':
      return (
        <>
          <Notice headline="No cluster yet" reason="Name the pachd whose data you want to use. It is kept in your Pachyderm configuration." />
          <ConnectForm address="" onConnect={onConnect} />
        </>
      )
    case 'unreachable':
      return (
        <Notice
          isError
          headline="The cluster does not answer"
          reason={`No pachd answers at ${connection.address}. It may be stopped, or the network is away; or the address is another one.`}
          actions={[retry, change]}
        />
      )
    case 'logged-out':
      return (
        <>
          <Notice
            headline="You are not logged in"
            reason={`${connection.address} asks who you are. Log in, in a window of your browser.`}
            actions={[{ label: 'Log in', onClick: onLogin, testId: 'Config__login' }, change]}
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
          headline={MISSING[connection.missing]}
          reason={connection.reason}
          actions={connection.missing === 'mount-server' ? [{ label: 'Start mount-server', onClick: onRestart }] : [retry]}
        />
      )
    case 'failed':
      return <Notice isError headline="The data could not be listed" reason={connection.reason} actions={[retry, change]} />
  }
}
