/** A row of the route table as the options of a Fastify route. */
import type { Route } from '@jupyterlab-pachyderm/mount-api'
import type { TSchema } from 'typebox'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How the route says no; see Route. */
    readonly errors?: 'json' | undefined
  }
}

/** Method, url and schemas of a route; the types of body and reply come with them. */
export function on<const R extends Route>({ method, url, body, reply, errors }: R) {
  type Body = R extends { body: infer B extends TSchema } ? { body: B } : unknown
  return { method, url, config: { errors }, schema: { ...(body && { body }), response: { 200: reply } } as Body & { response: { 200: R['reply'] } } }
}
