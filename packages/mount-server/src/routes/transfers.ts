/** What is running. */
import { routes } from '@jupyterlab-pachyderm/mount-api'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'

import { on } from '../on.js'
import type { Transfers } from '../transfers.js'

/** GET /transfers. */
export function transferRoutes(transfers: Transfers): FastifyPluginCallbackTypebox {
  return (api, _options, done) => {
    api.route({ ...on(routes.listTransfers), handler: () => transfers.list() })
    done()
  }
}
