/** The route table as an OpenAPI 3.1 document. */
import type { TObject, TSchema } from 'typebox'

import { ErrorBody } from './errors.js'
import { eventData } from './events.js'
import { type Route, routes } from './routes.js'

/** What the document is about. */
export interface OpenApiOptions {
  /** The version of mount-server. */
  readonly version: string
}

const BEARER = 'bearer'

/** All rows of the route table, for readers and for programs that make clients or requests from it. */
export function openApiDocument({ version }: OpenApiOptions): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [name, row] of Object.entries<Route>(routes)) {
    const path = row.url.replace(/:([a-z]+)/g, '{$1}').replace(/\*$/, '{path}')
    paths[path] = { ...paths[path], [row.method.toLowerCase()]: operation(name, row) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'mount-server',
      version,
      description: 'Pachyderm repos as directories. Refusals of the routes that clients of the original know are one line of plain text, those of all others an ErrorBody.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: 'http://localhost:9002' }],
    security: [{}, { [BEARER]: [] }],
    paths,
    components: { schemas: { ErrorBody, ...eventSchemas() }, securitySchemes: { [BEARER]: { type: 'http', scheme: 'bearer', description: 'The token of the server, where it has one.' } } },
  }
}

/** The data of each event, by the name of the event with "Event" behind it. */
function eventSchemas(): Record<string, TSchema> {
  return Object.fromEntries(Object.entries(eventData).map(([name, schema]) => [`${name}Event`, schema]))
}

function operation(name: string, row: Route): Record<string, unknown> {
  const { summary, params, query, body, media = {}, reply, orBytes, isEmpty, errors } = row
  const parameters = [...(params ? parametersOf(params, 'path') : []), ...(query ? parametersOf(query, 'query') : [])]
  const refusal = errors === 'json' ? { 'application/json': { schema: { $ref: '#/components/schemas/ErrorBody' } } } : { 'text/plain': { schema: { type: 'string' } } }
  return {
    operationId: name,
    ...(summary !== undefined && { summary }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { content: { [media.body ?? 'application/json']: { schema: media.body === undefined ? body : {} } } } }),
    responses: {
      200: { description: 'Done.', ...(!isEmpty && { content: { [media.reply ?? 'application/json']: { schema: reply }, ...(orBytes && { 'application/octet-stream': { schema: {} } }) } }) },
      ...(orBytes && { 206: { description: 'The bytes of the Range.', content: { 'application/octet-stream': { schema: {} } } }, 304: { description: 'Not changed.' } }),
      ...(name === 'ready' && { 503: { description: 'Not ready.', content: { 'application/json': { schema: reply } } } }),
      default: { description: 'Refused.', content: refusal },
    },
  }
}

function parametersOf(schema: TObject, place: 'path' | 'query'): Record<string, unknown>[] {
  // TypeBox leaves the key out where nothing is required.
  const required = (schema as { readonly required?: readonly string[] }).required ?? []
  return Object.entries<TSchema & { description?: string }>(schema.properties).map(([key, property]) => {
    const { description, ...rest } = property
    return { name: key === '*' ? 'path' : key, in: place, required: place === 'path' || required.includes(key), ...(description !== undefined && { description }), schema: rest }
  })
}
