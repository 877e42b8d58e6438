/** The routes of the original 2.3: a mount is made below its repo and branch, and all answers are the repos by name. */
import { type MountSpec, RepoMap23, repoMap23 } from '@jupyterlab-pachyderm/mount-api'
import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox'

import { answerUnknownPath } from '../error-handler.js'
import { MountError } from '../errors.js'
import type { MountLifecycle } from '../mount-lifecycle.js'

/** What stands in the path and the query of the old routes. */
interface OldRequest {
  readonly Params: { readonly '*': string }
  readonly Querystring: { readonly name?: string; readonly mode?: string }
}

/** GET /repos, PUT /repos/_unmount, and PUT /repos/{repo}/{branch}/_mount, _unmount and _commit. */
export function repoRoutes23(mounts: MountLifecycle): FastifyPluginCallbackTypebox {
  const schema = { response: { 200: RepoMap23 } }
  const answer = async () => repoMap23(await mounts.list())
  return (api, _options, done) => {
    api.route({ method: 'GET', url: '/repos', schema, handler: answer })
    api.route({
      method: 'PUT',
      url: '/repos/_unmount',
      schema,
      handler: async () => {
        await mounts.unmountAll()
        return answer()
      },
    })
    api.route<OldRequest>({
      method: 'PUT',
      url: '/repos/*',
      schema,
      handler: async ({ params, query }, reply) => {
        const [, key = '', verb] = /^(.+)\/_(mount|unmount|commit)$/.exec(params['*']) ?? []
        const { name, mode } = query
        // The original looks a route up by its query, too.
        if (verb === undefined || name === undefined || (verb === 'mount' && mode === undefined)) return answerUnknownPath(reply)
        const spec = readKey(key, name, mode)
        if (verb === 'mount') await mounts.mount([spec])
        else if (verb === 'unmount') await mounts.unmount([name])
        else await mounts.commit(name)
        return answer()
      },
    })
    done()
  }
}

function readKey(key: string, name: string, mode: string | undefined): MountSpec {
  const [repo = '', branch = '', commit, ...more] = key.split('/')
  if (repo === '' || branch === '' || more.length > 0) throw new MountError('BAD_REQUEST', `"${key}" should be REPO/BRANCH`)
  if (commit !== undefined) throw new MountError('BAD_REQUEST', 'commits cannot be mounted in this version of the API; start mount-server with --api-compat 2.8')
  return { name, repo, branch, mode: mode === 'rw' ? 'rw' : 'ro' }
}
