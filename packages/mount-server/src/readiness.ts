/** Whether everything is there that mounting needs, and what is not. */
import type { ConnectionState, Readiness, ReadinessReason } from '@jupyterlab-pachyderm/mount-api'

import type { KernelMountState } from './kernel-mount.js'

/** What readiness depends on. */
export interface ReadinessParts {
  readonly isStarted: boolean
  readonly mount: KernelMountState
  readonly connection: ConnectionState
}

/** All that stands in the way, the first cause first. */
export function readiness({ isStarted, mount, connection }: ReadinessParts): Readiness {
  const reasons: ReadinessReason[] = []
  if (!isStarted) reasons.push({ what: 'starting', message: 'the server has not tried yet to connect' })
  else if (connection.state === 'none' || connection.state === 'unreachable') {
    const hint = connection.state === 'none' ? 'connect with PUT /config {"pachd_address": "grpc://host:30650"}' : 'check that pachd runs at this address; the server comes back by itself'
    reasons.push({ what: 'connection', message: connection.message ?? 'pachd does not answer', hint })
  }
  if (connection.state === 'logged-out') reasons.push({ what: 'login', message: connection.message ?? 'pachd wants a login', hint: 'log in with PUT /auth/_login or "pachctl auth login"' })
  if (mount.state === 'failed') reasons.push({ what: 'mount', message: mount.reason, hint: 'mount-server doctor says what to do' })
  else if (isStarted && connection.state !== 'none' && (mount.state === 'mounting' || mount.state === 'unmounted')) reasons.push({ what: 'mount', message: 'the directory is not mounted yet' })
  return { ready: reasons.length === 0, reasons }
}
