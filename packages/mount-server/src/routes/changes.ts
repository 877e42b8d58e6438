/** What was written to a mount and is not committed: listed, and thrown away. */
import { type MountChange, routes } from '@jupyterlab-pachyderm/mount-api'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'
import type { Change } from '@jupyterlab-pachyderm/mount-fs'

import type { MountLifecycle } from '../mount-lifecycle.js'
import { on } from '../on.js'

const DEFAULT_PAGE = 1000

/** The routes below `/mounts/:name` that are about changes. */
export function changeRoutes(mounts: MountLifecycle): FastifyPluginCallbackTypebox {
  return (api, _options, done) => {
    api.route({
      ...on(routes.listChanges),
      handler: async ({ params, query: { limit = DEFAULT_PAGE, after } }) => {
        const { changes, ...rest } = await mounts.changes(params.name)
        const following = after === undefined ? changes : changes.filter(({ path }) => path > after)
        const page = following.slice(0, limit).map(entryOf)
        return { changes: page, next: following.length > limit ? (page.at(-1)?.path ?? null) : null, ...rest }
      },
    })
    api.route({
      ...on(routes.discardChanges),
      handler: async ({ params, body }) => {
        await mounts.discard(params.name, body.paths)
        return mounts.list()
      },
    })
    done()
  }
}

function entryOf({ path, kind, sizeBytes, refusal }: Change): MountChange {
  return { path, change: kind, size_bytes: sizeBytes ?? null, ...(refusal !== undefined && { refusal }) }
}
