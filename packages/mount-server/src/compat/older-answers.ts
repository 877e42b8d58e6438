/** What the routes of the original answered before 2.8: other shapes of the list of mounts, other statuses, other rules. */
import { MountList, MountList26, mountList26, MountMap23, mountMap23, routes } from '@jupyterlab-pachyderm/mount-api'
import { branchReference, isNotFound, PachdError } from '@jupyterlab-pachyderm/pachd-client'
import type { FastifyInstance, RouteOptions } from 'fastify'

import type { Connection } from '../connection.js'
import { MountError } from '../errors.js'
import type { MountLifecycle } from '../mount-lifecycle.js'

const shapes = {
  '2.6': { reply: MountList26, of: mountList26 },
  '2.3': { reply: MountMap23, of: mountMap23 },
} as const

/** Makes the routes that are registered after this call answer as `version` did. */
export function answerAsBefore(app: FastifyInstance, version: keyof typeof shapes, { connection, mounts }: { connection: Connection; mounts: MountLifecycle }): void {
  const { reply, of } = shapes[version]
  app.addHook('onRoute', route => {
    if (!answersMountList(route)) return
    route.schema = { ...route.schema, response: { 200: reply } }
    route.preSerialization = (_request, _reply, payload, done) => done(null, of(payload as MountList))
    // The hooks of the route itself come first, so that nothing is asked for in datum mode.
    route.preHandler = async request => {
      if (route.url === routes.mount.url) refuseCommits(request.body)
      await unmountDeletedBranches(connection, mounts)
    }
    translatingErrors(route, asBefore)
  })
}

/** Replaces what the handler of a route throws by what `translate` makes of it. */
export function translatingErrors(route: RouteOptions, translate: (error: unknown) => unknown): void {
  const { handler } = route
  route.handler = async function (request, response) {
    try {
      const answer: unknown = await handler.call(this, request, response)
      return answer
    } catch (error) {
      throw translate(error)
    }
  }
}

/** Whether a route answers the list of mounts, as those of the original do that change it. */
export function answersMountList({ schema }: RouteOptions): boolean {
  const response: unknown = schema?.response
  return typeof response === 'object' && response !== null && 200 in response && response[200] === MountList
}

function refuseCommits(body: unknown): void {
  const { mounts = [] } = body as { mounts?: { name: string; commit?: string }[] }
  const named = mounts.find(({ commit }) => commit !== undefined && commit !== '')
  if (named) throw new MountError('BAD_REQUEST', `mount "${named.name}": commits cannot be mounted in this version of the API; start mount-server with --api-compat 2.8`)
}

/** Before 2.8, a read-only mount ended with its branch, even when its commit was still there. */
async function unmountDeletedBranches(connection: Connection, mounts: MountLifecycle): Promise<void> {
  for (const { name, project, repo, branch, mode } of (await mounts.list()).mounted) {
    if (mode === 'ro' && branch !== '' && !(await branchExists(connection, { project, repo, branch }))) await mounts.unmount([name])
  }
}

async function branchExists({ cluster: { client } }: Connection, branch: { project: string; repo: string; branch: string }): Promise<boolean> {
  try {
    await client.pfs.inspectBranch({ branch: branchReference(branch) })
    return true
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}

/** Before 2.8, permissions were asked for when a mount was made and not when it was checked: that is 500 and not 400. */
function asBefore(error: unknown): unknown {
  const isForbidden = error instanceof MountError && error.code === 'BAD_REQUEST' && error.cause instanceof PachdError && error.cause.code === 'PERMISSION_DENIED'
  return isForbidden ? new MountError('NO_ACCESS', error.message, { cause: error }) : error
}
