/** Whether the server lives; asked by those who start it. */
import { routes } from '@jupyterlab-pachyderm/mount-api'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'

import { on } from '../on.js'

/** GET /health. */
export function healthRoutes(): FastifyPluginCallbackTypebox {
  return (api, _options, done) => {
    api.route({ ...on(routes.health), handler: () => ({ status: 'running' as const }) })
    done()
  }
}
