/** How much is taken from clients: so many requests a second, and so many at once. What is more is 429. */
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'

import { MountError } from './errors.js'

/** Routes that answer for as long as somebody listens or logs in; they do not count as one at once. */
const longRoutes: ReadonlySet<string | undefined> = new Set(['/events', '/auth/_login_token'])

/** What a server takes. */
export interface RequestLimits {
  /** Requests in one second of all clients of one address, or of the socket. */
  readonly perSecond: number
  /** Requests that are being answered. */
  readonly atOnce: number
}

/** Far above what panels, scripts and load tests ask, and below what keeps the file system from being served. */
export const DEFAULT_LIMITS: RequestLimits = { perSecond: 2000, atOnce: 200 }

/** Limits the routes that are registered after this call. */
export function limitRequests(app: FastifyInstance, { perSecond, atOnce }: RequestLimits): void {
  let running = 0
  app.addHook('onRequest', (request, reply, done) => {
    if (longRoutes.has(request.routeOptions.url)) {
      done()
      return
    }
    if (running >= atOnce) {
      void reply.header('Retry-After', '1')
      done(new MountError('TOO_MANY_REQUESTS', `${String(atOnce)} requests are being answered; this one was not begun`))
      return
    }
    running += 1
    reply.raw.once('close', () => (running -= 1))
    done()
  })
  void app.register(rateLimit, {
    global: true,
    max: perSecond,
    timeWindow: 1000,
    // Clients of a UNIX socket have no address.
    keyGenerator: request => request.ip || 'socket',
    addHeaders: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false, 'retry-after': true },
    addHeadersOnExceeding: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    errorResponseBuilder: () => new MountError('TOO_MANY_REQUESTS', `more than ${String(perSecond)} requests in a second`),
  })
}
