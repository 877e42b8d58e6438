/** One line in the log for each request that changes something: what it was, and how it ended. No contents, no query. */
import type { FastifyInstance } from 'fastify'

/** Logs the routes that are registered after this call. */
export function logChanges(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      const { method, routeOptions, ip } = request
      request.log.info({ method, route: routeOptions.url, client: ip || 'socket', status: reply.statusCode, elapsedMs: Math.round(reply.elapsedTime) }, 'change requested')
    }
    done()
  })
}
