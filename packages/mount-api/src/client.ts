/** A typed client of mount-server: one method for each row of the route table. */
import type { Static, TSchema } from 'typebox'

import { routes } from './routes.js'

type StaticOf<S> = S extends TSchema ? Static<S> : unknown

/** Rows with parameters take them first, in one object: those of the path and those of the query, which alone can be left out. */
type Parameters<R> = R extends { params: infer P }
  ? [parameters: StaticOf<P> & (R extends { query: infer Q } ? StaticOf<Q> : unknown)]
  : R extends { query: infer Q }
    ? [parameters?: StaticOf<Q>]
    : []
type Body<R> = R extends { body: infer B } ? [body: StaticOf<B>] : []
type Call<R> = R extends { reply: infer P extends TSchema } ? (...args: [...Parameters<R>, ...Body<R>]) => Promise<Static<P>> : never
type JsonRows = { [Name in keyof typeof routes]: (typeof routes)[Name] extends { media: unknown } ? never : Name }[keyof typeof routes]

/** How a request reaches the mount-server: Jupyter's proxy, a socket, or an in-process inject. */
export type Transport = (request: { method: string; url: string; body?: unknown }) => Promise<unknown>

/** The requests that mount-server answers with JSON; each rejects with what the transport throws. */
export type MountServerClient = { [Name in JsonRows]: Call<(typeof routes)[Name]> }

/** A typed client over `transport`, which owns the connection and turns failures into errors. */
export function createMountServerClient(transport: Transport): MountServerClient {
  const calls = Object.entries(routes).map(([name, row]) => {
    const hasParameters = 'params' in row || 'query' in row
    return [
      name,
      (...args: unknown[]) => {
        const parameters = hasParameters ? (args.shift() as Record<string, unknown> | undefined) : undefined
        const [body] = args
        return transport({ method: row.method, url: routeUrl(row.url, parameters), ...(body === undefined ? {} : { body }) })
      },
    ]
  })
  return Object.fromEntries(calls) as MountServerClient
}

/** The URL of a row with its parameters: those that its path names there, and the others as its query. */
export function routeUrl(url: string, parameters: Readonly<Record<string, unknown>> = {}): string {
  const inPath = new Set<string>()
  const path = url.replace(/:([a-z]+)|\*$/g, (match, name: string | undefined) => {
    const key = name ?? match
    inPath.add(key)
    return name === undefined ? textOf(parameters[key]).split('/').map(encodeURIComponent).join('/') : encodeURIComponent(textOf(parameters[key]))
  })
  const query = Object.entries(parameters).filter(([key, value]) => !inPath.has(key) && value !== undefined)
  return query.length === 0 ? path : `${path}?${query.map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(textOf(value))}`).join('&')}`
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}
