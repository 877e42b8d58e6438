/** The top of the panel: the line about the cluster, and below it whatever the connection still needs. */
import type { TranslationBundle } from '@jupyterlab/translation'
import { useState } from 'react'

import type { Connection } from '../model/connection.js'
import { ClusterHeader } from './ClusterHeader.js'
import { ConnectionGate } from './ConnectionGate.js'

/** `onLogin` and `onConnect` answer why it was not possible, or undefined. */
export interface ConnectionAreaProps {
  readonly connection: Connection
  readonly onConnect: (address: string, serverCas: string) => Promise<string | undefined>
  readonly onRefresh: () => void
  readonly onLogin: () => Promise<string | undefined>
  readonly onLogout: () => void
  readonly onRestart: () => void
  readonly trans: TranslationBundle
}

/** Keeps what the user is typing while the connection changes in the background. */
export function ConnectionArea({ connection, onConnect, onRefresh, onLogin, onLogout, onRestart, trans }: ConnectionAreaProps) {
  const [editing, setEditing] = useState(false)
  const [loginProblem, setLoginProblem] = useState<string>()
  const connect = async (address: string, serverCas: string) => {
    const problem = await onConnect(address, serverCas)
    if (problem === undefined) setEditing(false)
    return problem
  }
  return (
    <>
      <ClusterHeader connection={connection} onRefresh={onRefresh} onChangeAddress={() => setEditing(true)} onLogout={onLogout} trans={trans} />
      <ConnectionGate
        connection={connection}
        editing={editing}
        loginProblem={loginProblem}
        onConnect={connect}
        onEdit={setEditing}
        onRetry={onRefresh}
        onRestart={onRestart}
        onLogin={() => void onLogin().then(setLoginProblem)}
        trans={trans}
      />
    </>
  )
}
