/** A row of the route table as the options of a Fastify route. */
import type { Route } from '@jupyterlab-pachyderm/mount-api'
import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How the route says no; see Route. */
    readonly errors?: 'json' | undefined
  }
}

type SchemaOf<R extends Route> = (R extends { body: infer B extends TSchema } ? { body: B } : unknown) &
  (R extends { params: infer P extends TSchema } ? { params: P } : unknown) &
  (R extends { query: infer Q extends TSchema } ? { querystring: Q } : unknown) & { response: { 200: R['reply'] } }

/** Method, url and schemas of a route; the types of parameters, body and reply come with them. */
export function on<const R extends Route>({ method, url, params, query, body, reply, errors }: R) {
  const schema = { ...(params && { params }), ...(query && { querystring: query }), ...(body && { body }), response: { 200: reply } } as SchemaOf<R>
  return { method, url, config: { errors }, schema, ...(query && { validatorCompiler: convertingQueries }) }
}

/** A query is text, of which numbers and truth values are made before it is checked; bodies are taken as they are. */
const convertingQueries: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => (value: unknown) => {
  const converted = httpPart === 'querystring' ? Value.Convert(schema, value) : value
  const [problem] = Value.Errors(schema, converted)
  if (!problem) return { value: converted }
  return { error: new Error(`${httpPart ?? 'request'}${problem.instancePath} ${problem.message}`) }
}
