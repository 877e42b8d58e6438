/** The addresses of pachd as people write them. */
import { PachdError } from './errors.js'

/** Where a pachd listens. */
export interface PachdAddress {
  readonly scheme: 'grpc' | 'grpcs' | 'unix'
  /** Host name or IP address without brackets; empty for a UNIX socket. */
  readonly host: string
  /** TCP port; 0 for a UNIX socket. */
  readonly port: number
  /** Path of the UNIX socket, else empty. */
  readonly path: string
  /** Whether the connection is encrypted. */
  readonly tls: boolean
  /** The form that is written into config files: `grpc://host:port`, or `unix:/path`. */
  readonly qualified: string
}

const DEFAULT_PORT = 30650

const schemeOf = { grpc: 'grpc', http: 'grpc', grpcs: 'grpcs', https: 'grpcs' } as const

/**
 * Reads `[scheme://]host[:port]` with the schemes grpc, grpcs, http, https and unix; grpc and port 30650 are the
 * defaults. Throws PachdError INVALID_ARGUMENT that says which part is wrong. The rules are those of pachctl.
 */
export function parseAddress(text: string): PachdAddress {
  const trimmed = text.trim()
  if (trimmed === '') throw invalid('no pachd address specified; write one such as grpc://localhost:30650')
  if (trimmed.startsWith('unix:')) return unixAddress(trimmed.slice('unix:'.length))
  const [, schemeText = 'grpc', rest = ''] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?(.*)$/s.exec(trimmed) ?? []
  const scheme = schemeOf[schemeText.toLowerCase() as keyof typeof schemeOf] as 'grpc' | 'grpcs' | undefined
  if (!scheme) throw invalid(`unrecognized scheme in pachd address: ${schemeText}; use grpc, grpcs, http, https or unix`)
  const { host, port } = hostAndPort(rest)
  const shown = host.includes(':') ? `[${host}]` : host
  return { scheme, host, port, path: '', tls: scheme === 'grpcs', qualified: `${scheme}://${shown}:${String(port)}` }
}

function unixAddress(rest: string): PachdAddress {
  const path = rest.replace(/^\/\/(?=\/)/, '')
  if (path === '') throw invalid('the pachd address unix: should name the path of a socket')
  return { scheme: 'unix', host: '', port: 0, path, tls: false, qualified: `unix:${path}` }
}

function hostAndPort(text: string): { host: string; port: number } {
  if (text.includes('@')) throw invalid('pachd address should not include login credentials')
  if (text.includes('#')) throw invalid('pachd address should not include a fragment')
  if (text.includes('?')) throw invalid('pachd address should not include a query string')
  if (text.includes('/')) throw invalid('pachd address should not include a path')
  const match = /^(?:\[([0-9A-Fa-f:.]+(?:%[^\]]+)?)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  if (!match || !host) throw invalid(`"${text}" is not a pachd address; write host or host:port, an IPv6 address in brackets`)
  const port = match[3] === undefined ? DEFAULT_PORT : Number(match[3])
  if (port < 1 || port > 65535) throw invalid(`the port of pachd address "${text}" should be between 1 and 65535`)
  return { host, port }
}

function invalid(message: string): PachdError {
  return new PachdError('INVALID_ARGUMENT', message)
}
