/** Whether pachd answers at this moment, and as whom. */
import type { ConnectionState } from '@jupyterlab-pachyderm/mount-api'
import { PachdError } from '@jupyterlab-pachyderm/pachd-client'

import type { Connection } from './connection.js'
import { refusalOf } from './login-refusal.js'

/** Longer than this nobody waits to be told that pachd does not answer. */
const PROBE_TIMEOUT_MS = 5000

/** Asks pachd once; never rejects. */
export async function probeConnection(connection: Connection, timeoutMs = PROBE_TIMEOUT_MS): Promise<ConnectionState> {
  if (!connection.isConnected) {
    const message = connection.problem ?? 'no cluster is connected'
    return { state: connection.isWanted ? 'unreachable' : 'none', pachd_address: null, user: null, message }
  }
  const { client } = connection.cluster
  const known = { pachd_address: client.address, user: null }
  try {
    const { username } = await client.auth.whoAmI({}, { timeoutMs })
    return { ...known, state: 'connected', user: username }
  } catch (thrown) {
    const { code, message } = PachdError.from(thrown)
    switch (refusalOf[code]) {
      case 'refused':
        return { ...known, state: 'logged-out', message: connection.hasToken ? `the login has expired, or pachd accepts it no longer: ${message}` : message }
      case 'away':
        return { ...known, state: 'unreachable', message: `${client.address} does not answer: ${message}` }
      // Without authorization there is nobody to be.
      case 'off':
        return { ...known, state: 'connected' }
    }
  }
}
