/** What the original 2.9 does in another way than 2.8: one `path` for each mount, and 400 for datums without permission. */
import { type MountList, MountList29, mountList29, routes } from '@jupyterlab-pachyderm/mount-api'
import { PachdError } from '@jupyterlab-pachyderm/pachd-client'
import type { FastifyInstance } from 'fastify'

import type { DatumCursor } from '../datum-cursor.js'
import { MountError } from '../errors.js'
import { answersMountList, translatingErrors } from './older-answers.js'

/** Makes the routes that are registered after this call answer as 2.9 did. */
export function answerAs29(app: FastifyInstance, datums: DatumCursor): void {
  app.addHook('onRoute', route => {
    if (route.url === routes.mountDatums.url) translatingErrors(route, refusedDatums)
    if (!answersMountList(route)) return
    route.schema = { ...route.schema, response: { 200: MountList29 } }
    route.preSerialization = (_request, _reply, payload, done) => done(null, mountList29(payload as MountList, { isDatum: datums.isActive }))
    if (route.url === routes.mount.url) {
      route.preHandler = (request, _reply, done) => {
        forgetOtherPaths(request.body)
        done()
      }
    }
  })
}

/** `paths` and `files` are keys of other versions, which this one ignores. */
function forgetOtherPaths(body: unknown): void {
  const { mounts = [] } = body as { mounts?: { paths?: unknown; files?: unknown }[] }
  for (const mount of mounts) {
    delete mount.paths
    delete mount.files
  }
}

function refusedDatums(error: unknown): unknown {
  const isForbidden = error instanceof PachdError && error.code === 'PERMISSION_DENIED'
  return isForbidden ? new MountError('BAD_REQUEST', `error listing spec's datums: ${error.message}`, { cause: error }) : error
}
