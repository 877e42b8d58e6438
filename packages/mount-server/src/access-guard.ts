/**
 * Who may send requests. Everything that reaches the listener acts as the server's user, so three kinds of callers are
 * refused: web pages of other origins, pages under a host name that was pointed at this machine, and, on TCP without a
 * token, other users of this machine.
 */
import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'

import { type Authority, isSame, parseHost, parseOrigin } from './authority.js'
import { MountError } from './errors.js'
import type { PeerCheck } from './peers/peer-check.js'

const loopbackNames = ['localhost', '127.0.0.1', '[::1]']
/** What browsers say of a request from a page of this server, or from the address bar. Another port is `same-site`. */
const ownFetchSites: ReadonlySet<string> = new Set(['same-origin', 'none'])

/** What is asked of callers. */
export interface AccessRules {
  /** The address that the server listens on. */
  readonly host: string
  /** The token that requests must carry; undefined when they need none. */
  readonly token: string | undefined
  /** Which users of this machine may call; undefined when the listener or the token decides. */
  readonly peers?: PeerCheck | undefined
}

/** Refuses what the rules do not allow. GET /health needs neither token nor user. */
export function guardAccess(app: FastifyInstance, { host, token, peers }: AccessRules): void {
  const hosts = new Set([...loopbackNames, parseHost(host.includes(':') ? `[${host}]` : host)?.host])
  const isOnUnixSocket = () => typeof app.server.address() === 'string'

  app.addHook('onRequest', (request, _reply, done) => {
    const refused = refusal(request)
    if (refused ?? (peers === undefined || isLiveness(request))) {
      done(refused)
      return
    }
    peers.refusal(request.raw.socket).then(done, done)
  })

  function refusal(request: FastifyRequest): MountError | undefined {
    return foreignHost(request) ?? foreignPage(request) ?? missingToken(request)
  }

  function foreignHost({ headers, raw: { rawHeaders, url = '/' } }: FastifyRequest): MountError | undefined {
    if (rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length > 1) return new MountError('FORBIDDEN', 'the header Host is there twice')
    const called = hostOf(headers.host)
    // A proxy would send this request to the host in its first line, whatever the header says.
    const target = url.startsWith('/') ? called : parseOrigin(url)
    if (target === undefined || (called !== undefined && !isSame(target, called))) return new MountError('FORBIDDEN', `the request is for "${url.slice(0, 200)}", and its header Host names "${headers.host ?? ''}"`)
    // With a token, the server may have any name: a page of another site does not know the token. No page reaches a UNIX socket.
    if (token !== undefined || isOnUnixSocket() || (called !== undefined && hosts.has(called.host))) return undefined
    return new MountError('FORBIDDEN', `this server is not called "${headers.host ?? ''}"; use localhost`)
  }

  function foreignPage({ headers }: FastifyRequest): MountError | undefined {
    const { origin, referer, 'sec-fetch-site': site } = headers
    // A proxy that ends TLS says so; a page of another site cannot set this header, and does not know the token.
    const scheme = token !== undefined && headers['x-forwarded-proto'] === 'https' ? 'https' : 'http'
    const isForeign = (page: string) => {
      const [from, called] = [parseOrigin(page, scheme), hostOf(headers.host, scheme)]
      return from === undefined || called === undefined || !isSame(from, called)
    }
    if (origin !== undefined && isForeign(origin)) return new MountError('FORBIDDEN', `requests from pages of ${origin} are refused`)
    if (site !== undefined && !ownFetchSites.has(site)) return new MountError('FORBIDDEN', 'requests from pages of other sites are refused')
    // Browsers that send neither header still say which page sent them.
    if (origin === undefined && site === undefined && referer !== undefined && isForeign(referer)) return new MountError('FORBIDDEN', 'requests from pages of other sites are refused')
    return undefined
  }

  function missingToken(request: FastifyRequest): MountError | undefined {
    if (token === undefined || isLiveness(request) || isEqual(request.headers.authorization ?? '', `Bearer ${token}`)) return undefined
    return new MountError('UNAUTHENTICATED', 'the header "Authorization: Bearer TOKEN" with the token of this server is missing')
  }
}

/** Whether only this machine can reach `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function isLiveness({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.url === '/health'
}

/** Requests of HTTP/1.0 may name no host; no browser sends those. */
function hostOf(header: string | undefined, scheme: 'http' | 'https' = 'http'): Authority | undefined {
  return scheme === 'http' ? parseHost(header ?? 'localhost') : parseOrigin(`https://${header ?? 'localhost'}`, 'https')
}

function isEqual(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)]
  return a.length === b.length && timingSafeEqual(a, b)
}
