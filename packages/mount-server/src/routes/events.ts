/** Events as they happen. */
import { fastifySSE } from '@fastify/sse'
import { routes, type ServerEvent } from '@jupyterlab-pachyderm/mount-api'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

import { EventQueue } from '../event-queue.js'
import { on } from '../on.js'
import type { ServerWatch } from '../server-watch.js'

/** Shorter than the patience of the proxies that stand between a browser and Jupyter. */
const HEARTBEAT_MS = 15_000
/** A listener that leaves this many events untaken is too slow; it comes back and gets a snapshot. */
const MAX_WAITING = 1000

/** GET /events. */
export function eventRoutes(watch: ServerWatch): FastifyPluginAsyncTypebox {
  return async api => {
    await api.register(fastifySSE, { heartbeatInterval: HEARTBEAT_MS })
    const { method, url, config } = on(routes.events)
    api.route({
      method,
      url,
      config,
      sse: 'only',
      handler: async (_request, reply) => {
        // Proxies such as nginx hold back what they think is a document.
        void reply.header('x-accel-buffering', 'no').header('cache-control', 'no-store')
        await reply.sse.send(eventsFor(reply.raw, watch))
      },
    })
  }
}

async function* eventsFor(connection: NodeJS.EventEmitter, watch: ServerWatch): AsyncGenerator<{ event: string; data: unknown }, void, undefined> {
  const queue = new EventQueue<ServerEvent>(MAX_WAITING)
  const stop = await watch.listen(event => queue.push(event))
  // A connection that ends while it takes nothing asks for no further event.
  connection.once('close', () => {
    stop()
    queue.end()
  })
  try {
    for await (const { type, data } of queue) yield { event: type, data }
  } finally {
    stop()
  }
}
