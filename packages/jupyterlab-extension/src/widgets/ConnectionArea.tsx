/** The top of the panel: the line about the cluster, and below it whatever the connection still needs. */
import type { TranslationBundle } from '@jupyterlab/translation'
import { useState } from 'react'

import { addressOf, type Connection } from '../model/connection.js'
import type { SessionState } from '../model/session-model.js'
import { ClusterDetails } from './ClusterDetails.js'
import { ClusterHeader } from './ClusterHeader.js'
import type { ConnectDraft } from './ConnectForm.js'
import { ConnectionGate } from './ConnectionGate.js'
import { ShowingNote } from './ShowingNote.js'

/** What can be done about a connection. Those that answer a text answer why it was not possible, or undefined. */
export interface ConnectionActions {
  readonly onConnect: (address: string, serverCas: string) => Promise<string | undefined>
  readonly onActivate: (context: string) => Promise<string | undefined>
  readonly onRefresh: () => void
  readonly onLogin: () => void
  readonly onCancelLogin: () => void
  readonly onToken: (token: string) => Promise<string | undefined>
  readonly onLogout: () => void
  readonly onRestart: () => void
  readonly onShowLog: () => void
}

/** All of it is handed in; what is typed stays here. */
export interface ConnectionAreaProps extends ConnectionActions {
  readonly connection: Connection
  readonly session: SessionState
  readonly trans: TranslationBundle
}

const EMPTY: ConnectDraft = { address: '', showsCas: false, serverCas: '' }

/** Keeps what the user is typing while the connection changes in the background. */
export function ConnectionArea({ connection, session, trans, ...actions }: ConnectionAreaProps) {
  const [editing, setEditing] = useState(false)
  const [showsDetails, setShowsDetails] = useState(false)
  const [draft, setDraft] = useState(EMPTY)
  const [token, setToken] = useState('')
  const edit = (begins: boolean) => {
    setEditing(begins)
    setDraft(begins ? { ...EMPTY, address: addressOf(connection) } : EMPTY)
  }
  const connect = async (address: string, serverCas: string) => {
    const problem = await actions.onConnect(address, serverCas)
    if (problem === undefined) edit(false)
    return problem
  }
  const logInWith = async (text: string) => {
    const problem = await actions.onToken(text)
    if (problem === undefined) setToken('')
    return problem
  }
  return (
    <>
      <ClusterHeader
        connection={connection}
        showsDetails={showsDetails}
        onDetails={() => setShowsDetails(!showsDetails)}
        onRefresh={actions.onRefresh}
        onChangeAddress={() => edit(true)}
        onLogout={actions.onLogout}
        trans={trans}
      />
      {showsDetails && <ClusterDetails connection={connection} session={session} onActivate={actions.onActivate} onShowLog={actions.onShowLog} trans={trans} />}
      {connection.status === 'connected' && <ShowingNote server={session.server} trans={trans} />}
      <ConnectionGate
        connection={connection}
        session={session}
        editing={editing}
        draft={draft}
        token={token}
        onEdit={edit}
        onDraft={setDraft}
        onTokenEdit={setToken}
        trans={trans}
        {...actions}
        onConnect={connect}
        onToken={logInWith}
      />
    </>
  )
}
