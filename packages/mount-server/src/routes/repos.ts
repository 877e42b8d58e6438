/** Projects and repos of the cluster. */
import { routes } from '@jupyterlab-pachyderm/mount-api'
import { auth } from '@jupyterlab-pachyderm/pachd-proto'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'

import type { Connection } from '../connection.js'
import { on } from '../on.js'
import { projectEntries, selectRepos } from '../repo-listing.js'

/** GET /projects and GET /repos. */
export function repoRoutes(connection: Connection): FastifyPluginCallbackTypebox {
  return (api, _options, done) => {
    api.route({ ...on(routes.listProjects), handler: () => projectEntries(connection.cluster.client, name => auth.permissionToNumber(auth.permissionFromJSON(name))) })
    api.route({ ...on(routes.listRepos), handler: async ({ query }) => [...selectRepos(await connection.cluster.repos.list(), query)] })
    done()
  }
}
