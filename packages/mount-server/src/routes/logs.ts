/** What the server had to say. */
import { routes } from '@jupyterlab-pachyderm/mount-api'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'

import type { LogMemory } from '../log-memory.js'
import { on } from '../on.js'

/** GET /logs. */
export function logRoutes(memory: LogMemory): FastifyPluginCallbackTypebox {
  return (api, _options, done) => {
    api.route({ ...on(routes.listLogs), handler: ({ query }) => memory.page(query) })
    done()
  }
}
