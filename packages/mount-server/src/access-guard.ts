/**
 * Who may send requests at all. Whoever can reach the listener acts as its user, so web pages must not: neither by a
 * request to another site, nor under a host name that was pointed at this machine.
 */
import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'

import { MountError } from './errors.js'

const loopbackNames: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Refuses foreign Host and Origin headers, and requests without the token when there is one; /health needs none. */
export function guardAccess(app: FastifyInstance, { host, token }: { host: string; token: string | undefined }): void {
  const hosts = new Set([...loopbackNames, host.includes(':') ? `[${host}]` : host])
  app.addHook('onRequest', (request, _reply, done) => {
    done(refusal(request))
  })

  const isOnUnixSocket = () => typeof app.server.address() === 'string'

  function refusal({ headers, url, raw: { rawHeaders } }: FastifyRequest): MountError | undefined {
    const { origin } = headers
    const hostName = nameOf(headers.host ?? 'localhost')
    if (rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length > 1) return new MountError('FORBIDDEN', 'the header Host is there twice')
    // With a token, the server may be known by any name: a page of another site does not know the token. No page reaches a UNIX socket.
    if (token === undefined && !hosts.has(hostName) && !isOnUnixSocket()) return new MountError('FORBIDDEN', `this server is not called "${hostName}"; use localhost`)
    if (origin !== undefined && nameOf(origin.replace(/^[a-z]+:\/\//, '')) !== hostName) return new MountError('FORBIDDEN', `requests from pages of ${origin} are refused`)
    if (headers['sec-fetch-site'] === 'cross-site') return new MountError('FORBIDDEN', 'requests from pages of other sites are refused')
    if (token === undefined || url === '/health' || isEqual(headers.authorization ?? '', `Bearer ${token}`)) return undefined
    return new MountError('UNAUTHENTICATED', 'the header "Authorization: Bearer TOKEN" with the token of this server is missing')
  }
}

/** Whether only this machine can reach `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function nameOf(hostAndPort: string): string {
  return hostAndPort.replace(/:\d+$/, '').toLowerCase()
}

function isEqual(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}
