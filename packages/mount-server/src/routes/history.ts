/** The history of repos. */
import { routes } from '@jupyterlab-pachyderm/mount-api'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'

import type { Connection } from '../connection.js'
import { listBranches } from '../history/branch-list.js'
import { listCommits } from '../history/commit-list.js'
import { diffCommits } from '../history/diff.js'
import { commitProvenance } from '../history/provenance.js'
import { on } from '../on.js'

/** GET below /repos/:project/:repo. */
export function historyRoutes(connection: Connection): FastifyPluginCallbackTypebox {
  return (api, _options, done) => {
    api.route({ ...on(routes.listBranches), handler: ({ params, query }) => listBranches(connection.cluster.client, params, query) })
    api.route({ ...on(routes.listCommits), handler: ({ params, query }) => listCommits(connection.cluster.client, params, query) })
    api.route({ ...on(routes.diffCommits), handler: ({ params, query }) => diffCommits(connection.cluster.client, params, query) })
    api.route({ ...on(routes.getProvenance), handler: ({ params }) => commitProvenance(connection.cluster.client, params) })
    done()
  }
}
