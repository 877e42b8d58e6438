/**
 * How much is taken from clients: requests in one second, and requests at once. More is 429.
 *
 * Requests at once have shares, so that transfers and event streams never keep short calls from being answered. A
 * request that waits for its body has no share: it costs a connection, which http-server.ts limits. Liveness is outside
 * of all limits.
 */
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'

import { MountError } from './errors.js'

/** What a server takes. */
export interface RequestLimits {
  /** Requests in one second of all clients of one address, or of the socket. */
  readonly perSecond: number
  /** Requests that are being answered, for each share. */
  readonly atOnce: number
}

/** Far above the needs of panels, scripts and load tests, and below what keeps the file system from being served. */
export const DEFAULT_LIMITS: RequestLimits = { perSecond: 2000, atOnce: 200 }

/** Limits the routes that are registered after this call. */
export function limitRequests(app: FastifyInstance, { perSecond, atOnce }: RequestLimits): void {
  const shares = { calls: new Share(atOnce), transfers: new Share(atOnce), streams: new Share(atOnce) }
  const holders = new WeakMap<FastifyRequest, Share>()
  app.addHook('onRequest', (request, reply, done) => {
    const name = shareOf(request)
    if (name === undefined) {
      done()
      return
    }
    const share = shares[name]
    if (share.isTaken) {
      void reply.header('Retry-After', '1')
      done(new MountError('TOO_MANY_REQUESTS', `${String(atOnce)} requests are being answered; this one was not begun`))
      return
    }
    share.take(request)
    holders.set(request, share)
    reply.raw.once('close', () => share.release(request))
    done()
  })
  app.addHook('preParsing', (request, _reply, body, done) => {
    if (shareOf(request) === 'calls' && hasBody(request) && !request.raw.complete) holders.get(request)?.release(request)
    done(null, body)
  })
  app.addHook('preValidation', (request, reply, done) => {
    if (!reply.raw.destroyed) holders.get(request)?.take(request)
    done()
  })
  void app.register(rateLimit, {
    global: true,
    max: perSecond,
    timeWindow: 1000,
    // Clients of a UNIX socket have no address.
    keyGenerator: request => request.ip || 'socket',
    allowList: request => shareOf(request) === undefined,
    addHeaders: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false, 'retry-after': true },
    addHeadersOnExceeding: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    errorResponseBuilder: () => new MountError('TOO_MANY_REQUESTS', `more than ${String(perSecond)} requests in a second`),
  })
}

class Share {
  readonly #holders = new Set<FastifyRequest>()

  constructor(readonly limit: number) {}

  get isTaken(): boolean {
    return this.#holders.size >= this.limit
  }

  /** Taking twice is fine. */
  take(request: FastifyRequest): void {
    this.#holders.add(request)
  }

  /** Releasing twice is fine. */
  release(request: FastifyRequest): void {
    this.#holders.delete(request)
  }
}

function shareOf({ routeOptions: { url = '' } }: FastifyRequest): 'calls' | 'transfers' | 'streams' | undefined {
  if (url === '/health') return undefined
  if (url === '/events' || url === '/auth/_login_token') return 'streams'
  return url.startsWith('/files/') ? 'transfers' : 'calls'
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
