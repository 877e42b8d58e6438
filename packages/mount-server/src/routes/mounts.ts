/** Mounting, committing, unmounting. */
import { routes } from '@jupyterlab-pachyderm/mount-api'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'

import type { DatumCursor } from '../datum-cursor.js'
import { MountError } from '../errors.js'
import type { MountLifecycle } from '../mount-lifecycle.js'
import { on } from '../on.js'

/** The routes that change or list mounts; all answer the list. */
export function mountRoutes(mounts: MountLifecycle, datums: DatumCursor): FastifyPluginCallbackTypebox {
  const refuseInDatumMode = (what: string) => (_request: unknown, _reply: unknown, done: (error?: Error) => void) =>
    done(datums.isActive ? new MountError('DATUM_MODE', `can't ${what} repos while in mounted datum mode; end it with PUT /_unmount_all`) : undefined)
  return (api, _options, done) => {
    api.route({ ...on(routes.listMounts), handler: () => mounts.list() })
    api.route({
      ...on(routes.listMountDetails),
      handler: async () => {
        await mounts.refreshSoon()
        return { mounted: mounts.entries() }
      },
    })
    api.route({
      ...on(routes.mount),
      onRequest: refuseInDatumMode('mount'),
      handler: async request => {
        await mounts.mount(request.body.mounts ?? [])
        return mounts.list()
      },
    })
    api.route({
      ...on(routes.unmount),
      onRequest: refuseInDatumMode('unmount'),
      handler: async request => {
        await mounts.unmount(request.body.mounts ?? [])
        return mounts.list()
      },
    })
    api.route({
      ...on(routes.unmountAll),
      handler: async () => {
        datums.clear()
        await mounts.unmountAll()
        return mounts.list()
      },
    })
    api.route({
      ...on(routes.updateMount),
      onRequest: refuseInDatumMode('update'),
      handler: async request => {
        await mounts.update(request.params.name)
        return mounts.list()
      },
    })
    api.route({
      ...on(routes.followMount),
      onRequest: refuseInDatumMode('follow'),
      handler: async request => {
        await mounts.follow(request.params.name, request.body.follow)
        return mounts.list()
      },
    })
    api.route({
      ...on(routes.commit),
      handler: async request => {
        const { mount = '', message } = request.body
        await mounts.commit(mount, { message })
        return mounts.list()
      },
    })
    done()
  }
}
