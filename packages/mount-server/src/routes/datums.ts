/** Showing the datums of a pipeline input one by one. */
import { routes } from '@jupyterlab-pachyderm/mount-api'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'

import type { DatumCursor } from '../datum-cursor.js'
import { textOf } from '../lenient-body.js'
import { on } from '../on.js'

/** The datum routes of 2.8; with `isCompat26` also those of 2.6. */
export function datumRoutes(datums: DatumCursor, isCompat26: boolean): FastifyPluginCallbackTypebox {
  return (api, _options, done) => {
    api.route({ ...on(routes.getDatums), handler: () => datums.state() })
    api.route({ ...on(routes.mountDatums), handler: request => datums.load(textOf(request.body)) })
    api.route({ ...on(routes.nextDatum), handler: () => datums.move(1) })
    api.route({ ...on(routes.previousDatum), handler: () => datums.move(-1) })
    if (isCompat26) {
      api.route({ ...on(routes.mountDatums), url: '/_mount_datums', handler: request => datums.load(textOf(request.body), { withIds: true }) })
      api.route({ ...on(routes.showDatum), handler: ({ query }) => datums.jump({ id: query.id, index: query.idx }) })
    }
    done()
  }
}
