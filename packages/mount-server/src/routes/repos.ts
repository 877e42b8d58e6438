/** Projects and repos of the cluster. */
import { routes } from '@jupyterlab-pachyderm/mount-api'
import { repoReference } from '@jupyterlab-pachyderm/pachd-client'
import { auth } from '@jupyterlab-pachyderm/pachd-proto'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'

import type { Connection } from '../connection.js'
import { MountError } from '../errors.js'
import { on } from '../on.js'
import { projectEntries, repoEntry, selectRepos } from '../repo-listing.js'

/** What pachd takes; it calls everything else an error of its own. */
const REPO_NAME = /^[a-zA-Z0-9_-]+$/

/** GET /projects, GET /repos, and the making of a repo. */
export function repoRoutes(connection: Connection): FastifyPluginCallbackTypebox {
  return (api, _options, done) => {
    api.route({ ...on(routes.listProjects), handler: () => projectEntries(connection.cluster.client, name => auth.permissionToNumber(auth.permissionFromJSON(name))) })
    api.route({ ...on(routes.listRepos), handler: async ({ query }) => [...selectRepos(await connection.cluster.repos.list(), query)] })
    api.route({
      ...on(routes.createRepo),
      handler: async ({ params, body: { description = '' } }) => {
        const { client, repos } = connection.cluster
        if (!REPO_NAME.test(params.repo)) throw new MountError('BAD_REQUEST', `"${params.repo}" cannot be the name of a repo: it may have letters, digits, "_" and "-"`)
        const repo = repoReference({ project: params.project, name: params.repo })
        await client.pfs.createRepo({ repo, description })
        repos.forget()
        return repoEntry(await client.pfs.inspectRepo({ repo }))
      },
    })
    done()
  }
}
