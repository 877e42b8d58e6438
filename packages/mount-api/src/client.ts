/** A typed client of mount-server: one method for each row of the route table. */
import type { Static, TSchema } from 'typebox'

import { routes } from './routes.js'

type Call<R> = R extends { body: infer B extends TSchema; reply: infer P extends TSchema }
  ? (body: Static<B>) => Promise<Static<P>>
  : R extends { reply: infer P extends TSchema }
    ? () => Promise<Static<P>>
    : never

/** How a request reaches the mount-server: Jupyter's proxy, a socket, or an in-process inject. */
export type Transport = (request: { method: string; url: string; body?: unknown }) => Promise<unknown>

/** The requests that mount-server answers; each rejects with what the transport throws. */
export type MountServerClient = { [Name in keyof typeof routes]: Call<(typeof routes)[Name]> }

/** A typed client over `transport`, which owns the connection and turns failures into errors. */
export function createMountServerClient(transport: Transport): MountServerClient {
  const calls = Object.entries(routes).map(([name, { method, url }]) => [
    name,
    (body?: unknown) => transport({ method, url, ...(body === undefined ? {} : { body }) }),
  ])
  return Object.fromEntries(calls) as MountServerClient
}
