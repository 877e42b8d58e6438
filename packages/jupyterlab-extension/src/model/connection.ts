/** How far the way to the data reaches: Jupyter, mount-server, pachd, the user. */
import type { ClusterConfig } from '@jupyterlab-pachyderm/mount-api'
import type { TranslationBundle } from '@jupyterlab/translation'

import { ApiError, reasonOf } from '../server/api-error.js'

/** The part between this page and pachd that does not answer. */
export type MissingPart = 'jupyter' | 'server-extension' | 'mount-server'

const MISSING: Readonly<Record<string, MissingPart>> = {
  NO_JUPYTER: 'jupyter',
  NO_SERVER_EXTENSION: 'server-extension',
  NO_MOUNT_SERVER: 'mount-server',
}

/** Where it ends now. `reason` is a sentence for people. */
export type Connection =
  | { readonly status: 'loading' }
  | { readonly status: 'no-server'; readonly missing: MissingPart; readonly reason: string }
  | { readonly status: 'failed'; readonly reason: string }
  | { readonly status: 'disconnected' }
  | { readonly status: 'unreachable'; readonly address: string }
  | { readonly status: 'logged-out'; readonly address: string }
  | { readonly status: 'connected'; readonly address: string; readonly secured: boolean }

/** What a configuration tells before any data was asked for. */
export function connectionOf(config: Partial<ClusterConfig>): Connection {
  const address = config.pachd_address ?? ''
  if (config.cluster_status === undefined || config.cluster_status === 'INVALID') {
    return address === '' ? { status: 'disconnected' } : { status: 'unreachable', address }
  }
  return { status: 'connected', address, secured: config.cluster_status === 'AUTH_ENABLED' }
}

/** What a refused question for data tells, when the address is known. */
export function connectionAfter(error: unknown, address: string): Connection {
  if (!(error instanceof ApiError)) return { status: 'failed', reason: reasonOf(error) }
  if (error.status === 401) return { status: 'logged-out', address }
  const missing = MISSING[error.code]
  if (missing !== undefined) return { status: 'no-server', missing, reason: error.message }
  return { status: 'failed', reason: error.message }
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
