/** Pipelines: how one is, and publishing code as one. */
import { routes } from '@jupyterlab-pachyderm/mount-api'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'

import { on } from '../on.js'
import type { Connection } from '../connection.js'
import type { PipelinePublisher } from '../pipeline-publisher.js'
import { pipelineStatus } from '../pipeline-status.js'

/** Code and the files beside it, as base64; they are in memory once or twice. */
const BODY_LIMIT_BYTES = 32 * 1024 * 1024

/** PUT /pps/_create, and GET /pps/pipelines/:project/:pipeline. */
export function pipelineRoutes(connection: Connection, publisher: PipelinePublisher): FastifyPluginCallbackTypebox {
  return (api, _options, done) => {
    api.route({ ...on(routes.publishPipeline), bodyLimit: BODY_LIMIT_BYTES, handler: request => publisher.publish(request.body) })
    api.route({ ...on(routes.getPipeline), handler: ({ params }) => pipelineStatus(connection.cluster.client, params) })
    done()
  }
}
