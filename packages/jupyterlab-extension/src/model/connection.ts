/** How far the way to the data reaches: Jupyter, mount-server, pachd, the user. */
import type { ClusterConfig, ConnectionState } from '@jupyterlab-pachyderm/mount-api'
import type { TranslationBundle } from '@jupyterlab/translation'

import { ApiError, reasonOf } from '../server/api-error.js'

/** The part between this page and pachd that does not answer. */
export type MissingPart = 'jupyter' | 'server-extension' | 'mount-server' | 'sidecar'

const MISSING: Readonly<Record<string, MissingPart>> = {
  NO_JUPYTER: 'jupyter',
  NO_SERVER_EXTENSION: 'server-extension',
  NO_MOUNT_SERVER: 'mount-server',
  NO_SIDECAR: 'sidecar',
}

/** Where it ends now. `reason` is a sentence for people; `address` is empty where it is not known; `user` where pachd names one. */
export type Connection =
  | { readonly status: 'loading' }
  | { readonly status: 'no-server'; readonly missing: MissingPart; readonly reason: string }
  | { readonly status: 'failed'; readonly reason: string }
  | { readonly status: 'disconnected'; readonly reason?: string }
  | { readonly status: 'unreachable'; readonly address: string; readonly reason?: string }
  | { readonly status: 'logged-out'; readonly address: string }
  | { readonly status: 'connected'; readonly address: string; readonly secured: boolean; readonly user?: string }

/** What a configuration tells before any data was asked for. */
export function connectionOf(config: Partial<ClusterConfig>): Connection {
  const address = config.pachd_address ?? ''
  if (config.cluster_status === undefined || config.cluster_status === 'INVALID') {
    return address === '' ? { status: 'disconnected' } : { status: 'unreachable', address }
  }
  return { status: 'connected', address, secured: config.cluster_status === 'AUTH_ENABLED' }
}

/** What mount-server tells by itself. */
export function connectionTold({ state, pachd_address, user, message }: ConnectionState): Connection {
  const address = pachd_address ?? ''
  const why = message === undefined ? {} : { reason: message }
  switch (state) {
    case 'starting':
      return { status: 'loading' }
    case 'none':
      return { status: 'disconnected', ...why }
    case 'unreachable':
      return { status: 'unreachable', address, ...why }
    case 'logged-out':
      return { status: 'logged-out', address }
    case 'connected':
      return user === null ? { status: 'connected', address, secured: false } : { status: 'connected', address, secured: true, user }
  }
}

/** What a refused question for data tells, when the address is known. */
export function connectionAfter(error: unknown, address: string): Connection {
  if (!(error instanceof ApiError)) return { status: 'failed', reason: reasonOf(error) }
  if (error.status === 401) return { status: 'logged-out', address }
  const missing = MISSING[error.code]
  if (missing !== undefined) return { status: 'no-server', missing, reason: error.message }
  return { status: 'failed', reason: error.message }
}

/** The address, where there is one. */
export function addressOf(connection: Connection): string {
  return 'address' in connection ? connection.address : ''
}

const SCHEMES = ['grpc://', 'grpcs://', 'http://', 'https://', 'unix://']

/** Why an address cannot be one; undefined when it may be. */
export function addressProblem(address: string, trans: TranslationBundle): string | undefined {
  if (SCHEMES.some(scheme => address.startsWith(scheme))) return undefined
  return trans.__('Cluster address should start with grpc://, grpcs://, http://, https:// or unix://')
}

/** The CA certificates as mount-server takes them: base64 of the PEM text. */
export function serverCasFrom(text: string): string {
  const trimmed = text.trim()
  return trimmed.startsWith('-----') ? btoa(`${trimmed}\n`) : trimmed
}
