/** Showing the datums of a pipeline input one by one. */
import { type ApiCompat, routes } from '@jupyterlab-pachyderm/mount-api'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'

import { naming29 } from '../compat/datum-names-2.9.js'
import type { DatumCursor } from '../datum-cursor.js'
import { answerUnknownPath } from '../error-handler.js'
import { textOf } from '../lenient-body.js'
import { on } from '../on.js'

/**
 * The datum routes. Those of 2.6 are there in 2.8, too; there, a request that they could not serve is answered as by a
 * server that does not know them.
 */
export function datumRoutes(datums: DatumCursor, apiCompat: ApiCompat): FastifyPluginCallbackTypebox {
  const naming = apiCompat === '2.9' ? naming29 : undefined
  return (api, _options, done) => {
    api.route({ ...on(routes.getDatums), handler: () => datums.state() })
    api.route({ ...on(routes.mountDatums), handler: request => datums.load(textOf(request.body), { naming }) })
    api.route({ ...on(routes.nextDatum), handler: () => datums.move(1) })
    api.route({ ...on(routes.previousDatum), handler: () => datums.move(-1) })
    api.route({ ...on(routes.moveDatum), handler: ({ body }) => datums.move(body.by, { wrap: body.wrap ?? false }) })
    api.route({
      ...on(routes.cancelDatums),
      handler: () => {
        datums.cancelLoad()
        return datums.state()
      },
    })
    api.route({
      ...on(routes.mountDatums),
      url: '/_mount_datums',
      handler: async (request, reply) => {
        const body = textOf(request.body)
        if (apiCompat !== '2.6' && !/\binput\b/.test(body)) return answerUnknownPath(reply)
        return datums.load(body, { withIds: true })
      },
    })
    api.route({
      ...on(routes.showDatum),
      handler: async ({ query }, reply) => {
        if (apiCompat !== '2.6' && !datums.isActive) return answerUnknownPath(reply)
        return datums.jump({ id: query.id, index: query.idx })
      },
    })
    done()
  }
}
