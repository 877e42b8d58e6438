/** What runs, whether it is ready, and how to talk to it. */
import { openApiDocument, routes } from '@jupyterlab-pachyderm/mount-api'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'

import type { Connection } from '../connection.js'
import { probeConnection } from '../connection-state.js'
import type { KernelMountState } from '../kernel-mount.js'
import type { Metrics } from '../metrics.js'
import { on } from '../on.js'
import { readiness } from '../readiness.js'
import { packageVersion } from '../version.js'

/** What is told about. */
export interface ServerInfoParts {
  readonly connection: Connection
  readonly metrics: Metrics
  readonly started: Promise<void>
  readonly mountState: () => KernelMountState
  readonly apiCompat: string
}

/** Most of these answers is known without pachd; the rest is worth this wait. */
const PACHD_TIMEOUT_MS = 1800

/** GET /version, /ready, /metrics and /openapi.json: with and without a cluster. */
export function serverInfoRoutes({ connection, metrics, started, mountState, apiCompat }: ServerInfoParts): FastifyPluginCallbackTypebox {
  let isStarted = false
  void started.then(() => (isStarted = true))
  return (api, _options, done) => {
    api.route({
      ...on(routes.version),
      handler: async () => ({ version: packageVersion(), api_compat: apiCompat, pachd: await pachdVersion(connection) }),
    })
    const { schema, ...ready } = on(routes.ready)
    api.route({
      ...ready,
      schema: { response: { 200: schema.response[200], 503: schema.response[200] } },
      handler: async (_request, reply) => {
        const state = readiness({ isStarted, mount: mountState(), connection: await probeConnection(connection, PACHD_TIMEOUT_MS) })
        return reply.code(state.ready ? 200 : 503).send(state)
      },
    })
    api.route({ ...on(routes.metrics), handler: async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()) })
    const document = openApiDocument({ version: packageVersion() })
    api.route({ ...on(routes.openApi), handler: () => document })
    done()
  }
}

async function pachdVersion(connection: Connection): Promise<{ version: string; pachd_address: string } | null> {
  if (!connection.isConnected) return null
  const { client } = connection.cluster
  const found = await client.version.getVersion({}, { timeoutMs: PACHD_TIMEOUT_MS }).catch(() => undefined)
  return found ? { version: `${found.major}.${found.minor}.${found.micro}${found.additional}`, pachd_address: client.address } : null
}
