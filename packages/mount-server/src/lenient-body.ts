/**
 * Request bodies as clients of the original send them: any content type, text after the first JSON value, keys in any
 * case, and null or "" for a field that is not set.
 */
import type { FastifyInstance } from 'fastify'

import { MountError } from './errors.js'
import { isDeepJson, MAX_NESTING } from './nesting.js'

interface Schema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly { readonly const?: unknown }[]
}

/** Reads every body as text, and gives routes with a body schema the JSON value in it before it is validated. */
export function readLenientBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  app.addHook('preValidation', (request, _reply, done) => {
    const schema = request.routeOptions.schema?.body as Schema | undefined
    if (schema?.type === 'object') request.body = inShapeOf(schema, firstJsonValue(textOf(request.body)), 'the body')
    done()
  })
}

/** The text of a body that was read leniently. */
export function textOf(body: unknown): string {
  return typeof body === 'string' ? body : ''
}

/** The first JSON value of `text`; what follows it is ignored. Throws MountError BAD_REQUEST. */
export function firstJsonValue(text: string): unknown {
  if (isDeepJson(text)) throw new MountError('BAD_REQUEST', `the body nests deeper than ${String(MAX_NESTING)} levels`)
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    const end = endOfFirstValue(text)
    if (end !== undefined) {
      try {
        return JSON.parse(text.slice(0, end)) as unknown
      } catch {
        // The complaint about the whole text says more than the one about its beginning.
      }
    }
    const reason = text.trim() === '' ? 'it is empty' : cause instanceof Error ? cause.message : String(cause)
    throw new MountError('BAD_REQUEST', `the body should be a JSON value: ${reason}`, { cause })
  }
}

function endOfFirstValue(text: string): number | undefined {
  let depth = 0
  let isString = false
  for (let at = text.search(/\S/); at >= 0 && at < text.length; at++) {
    const character = text[at]
    if (isString) {
      if (character === '\\') at++
      else if (character === '"') isString = false
    } else if (character === '"') isString = true
    else if (character === '{' || character === '[') depth++
    else if (character === '}' || character === ']') depth--
    else if (depth === 0 && /[a-z0-9.+-]/i.test(character ?? '') && /[a-z0-9.+-]/i.test(text[at + 1] ?? '')) continue
    if (depth === 0 && !isString) return at + 1
  }
  return undefined
}

function inShapeOf(schema: Schema, value: unknown, place: string): unknown {
  if (schema.type === 'object') {
    if (value === null) return {}
    return isObject(value) && schema.properties ? inShapeOfObject(schema.properties, value, place) : value
  }
  if (schema.type === 'array' && Array.isArray(value)) {
    const items = schema.items ?? {}
    return value.map((item: unknown, index) => {
      const itemPlace = `entry ${index} of ${place}`
      if (item === null) throw new MountError('BAD_REQUEST', `${itemPlace} is null`)
      return inShapeOf(items, item, itemPlace)
    })
  }
  return value
}

function inShapeOfObject(properties: Readonly<Record<string, Schema>>, value: Record<string, unknown>, place: string): Record<string, unknown> {
  const known = Object.entries(properties)
  const shaped: Record<string, unknown> = {}
  for (const [name, item] of Object.entries(value)) {
    const [key, itemSchema] = known.find(([one]) => one === name) ?? known.find(([one]) => one.toLowerCase() === name.toLowerCase()) ?? []
    if (key === undefined || itemSchema === undefined || item === null) continue
    if (key !== name && key in value) continue
    if (item === '' && isChoice(itemSchema)) continue
    shaped[key] = inShapeOf(itemSchema, item, `${key} in ${place}`)
  }
  return shaped
}

/** Whether a schema lists the texts that are allowed, of which none is empty: clients in Go send "" for one that is not set. */
function isChoice({ enum: listed, anyOf }: Schema): boolean {
  const choices = listed ?? anyOf?.map(choice => choice.const) ?? []
  return choices.length > 0 && choices.every(choice => typeof choice === 'string' && choice !== '')
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
