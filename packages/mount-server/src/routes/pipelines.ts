/** Publishing code as a pipeline. */
import { routes } from '@jupyterlab-pachyderm/mount-api'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'

import { on } from '../on.js'
import type { PipelinePublisher } from '../pipeline-publisher.js'

/** Code and the files beside it, as base64; they are in memory once or twice. */
const BODY_LIMIT_BYTES = 32 * 1024 * 1024

/** PUT /pps/_create. */
export function pipelineRoutes(publisher: PipelinePublisher): FastifyPluginCallbackTypebox {
  return (api, _options, done) => {
    api.route({ ...on(routes.publishPipeline), bodyLimit: BODY_LIMIT_BYTES, handler: request => publisher.publish(request.body) })
    done()
  }
}
