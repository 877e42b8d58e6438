/** Whether the configured pachd answers, and knows who asks. */
import { Connection } from '../connection.js'
import { probeConnection } from '../connection-state.js'
import type { Check } from './check.js'

/** Connects as the server would, and changes nothing. */
export function checkConnection(env: Readonly<Record<string, string | undefined>>, configFile: string | undefined): Check {
  return async () => {
    const check = 'pachd'
    const connection = new Connection({ env, configFile })
    try {
      if (!(await connection.connectFromConfig())) return { check, state: 'warning', message: 'no cluster is configured', fix: 'pachctl connect grpc://HOST:30650' }
      const { state, message = '', pachd_address: address, user } = await probeConnection(connection)
      if (state === 'logged-out') return { check, state: 'failed', message: `${address ?? ''} wants a login: ${message}`, fix: 'pachctl auth login' }
      if (state === 'unreachable') return { check, state: 'failed', message }
      return { check, state: 'ok', message: `${address ?? ''} answers${user === null ? '' : `, to ${user}`}` }
    } catch (error) {
      return { check, state: 'failed', message: error instanceof Error ? error.message : String(error), fix: 'pachctl version' }
    } finally {
      connection.close()
    }
  }
}
