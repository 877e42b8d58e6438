/** Which cluster is in use, and which ones the config file knows. */
import { routes } from '@jupyterlab-pachyderm/mount-api'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'

import type { Connection } from '../connection.js'
import { on } from '../on.js'

/** Where the server is connected to is known without pachd; how pachd is, is worth this wait in milliseconds. */
const LOCAL_STATUS_MS = 1800

/** GET /config, for servers with a cluster. */
export function clusterRoutes(connection: Connection): FastifyPluginCallbackTypebox {
  return (api, _options, done) => {
    api.route({ ...on(routes.getConfig), handler: () => connection.status(LOCAL_STATUS_MS) })
    done()
  }
}

/** PUT /config and the contexts, for all. `leave` ends what belongs to the cluster before; `arrived` is called after a change. */
export function connectRoutes(connection: Connection, { leave, arrived }: { leave: () => Promise<void>; arrived: () => Promise<void> }): FastifyPluginCallbackTypebox {
  return (api, _options, done) => {
    api.route({
      ...on(routes.setConfig),
      handler: async request => {
        const { pachd_address: address = '', server_cas: serverCas } = request.body
        if (await connection.change(address, serverCas || undefined, leave)) await arrived()
        return connection.status()
      },
    })
    api.route({ ...on(routes.listContexts), handler: () => connection.contexts() })
    api.route({
      ...on(routes.activateContext),
      handler: async request => {
        if (await connection.activate(request.body.context, leave)) await arrived()
        return connection.status()
      },
    })
    done()
  }
}
