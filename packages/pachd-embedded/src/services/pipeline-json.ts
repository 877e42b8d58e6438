/** Specs of pipelines as people write them: JSON with snake_case or camelCase names, laid over defaults, turned into messages. */
import { pps } from '@jupyterlab-pachyderm/pachd-proto'

import { ModelError } from '../model-error.js'
import { checkText } from '../model/names.js'

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [name: string]: Json
}

/** A spec nests as deep as its inputs do. */
const DEPTH = 100
/** Fields whose names people choose. */
const MAPS: ReadonlySet<string> = new Set(['env', 'labels', 'annotations', 'nodeSelector'])
const DURATIONS: ReadonlySet<string> = new Set(['datumTimeout', 'jobTimeout', 'maximumExpectedUptime'])
/** 64-bit numbers, which JSON of protobuf writes as texts. */
const LONG_NUMBERS: ReadonlySet<string> = new Set(['datumTries', 'number', 'sizeBytes', 'perWorker', 'constant', 'acceptReturnCode', 'commits'])
/** Said with the request, not part of what a pipeline is. */
const NOT_OF_THE_SPEC: ReadonlySet<string> = new Set(['update', 'reprocess', 'dryRun', 'specCommit'])

const invalid = (message: string, cause?: unknown): ModelError => new ModelError('INVALID_ARGUMENT', message, { cause })

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reads a JSON object and gives its fields their camelCase names. `what` it is, for errors. Throws INVALID_ARGUMENT. */
export function parseSpec(text: string, what: string): JsonObject {
  checkText(text, what)
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (error) {
    throw invalid(`the ${what} is not JSON: ${error instanceof Error ? error.message : String(error)}`, error)
  }
  if (!isObject(parsed)) throw invalid(`the ${what} must be a JSON object`)
  return canonical(parsed, what, 0) as JsonObject
}

function canonical(value: Json, what: string, depth: number): Json {
  if (depth > DEPTH) throw invalid(`the ${what} nests more than ${DEPTH} deep`)
  if (Array.isArray(value)) return (value as readonly Json[]).map(item => canonical(item, what, depth + 1))
  if (!isObject(value)) return value
  const named = Object.entries(value).map(([name, inner]): [string, Json] => {
    const camel = name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
    return [camel, MAPS.has(camel) ? inner : canonical(inner, what, depth + 1)]
  })
  return Object.fromEntries(named)
}

/** Lays a spec over defaults: objects field by field, everything else as a whole; null takes a default away. */
export function overlay(defaults: Json, spec: Json): Json {
  if (!isObject(spec)) return spec
  const merged = new Map(isObject(defaults) ? Object.entries(defaults) : [])
  for (const [name, value] of Object.entries(spec)) {
    if (value === null) merged.delete(name)
    else merged.set(name, overlay(merged.get(name) ?? null, value))
  }
  return Object.fromEntries(merged)
}

/** The request that a spec means. Throws INVALID_ARGUMENT for fields that there are not, and for values of another type. */
export function toRequest(spec: JsonObject, what: string): pps.CreatePipelineRequest {
  const init = toInit(spec, '') as Record<string, unknown>
  const request = taken(init)
  if (!request) {
    const [wrong] = Object.entries(init).find(([name, value]) => !taken({ [name]: value })) ?? ['']
    throw invalid(`${what}.${wrong} has a value of the wrong type`)
  }
  checkTaken(init, request, what)
  return request
}

/** What of some fields arrives in a message; undefined when they make none. */
function taken(init: Record<string, unknown>): pps.CreatePipelineRequest | undefined {
  try {
    return pps.CreatePipelineRequest.decode(pps.CreatePipelineRequest.encode(pps.CreatePipelineRequest.fromPartial(init)).finish())
  } catch {
    return undefined
  }
}

function toInit(value: Json, name: string): unknown {
  if (Array.isArray(value)) return (value as readonly Json[]).map(item => toInit(item, name))
  if (typeof value === 'string' && DURATIONS.has(name)) return toDuration(value)
  if (typeof value === 'string' && LONG_NUMBERS.has(name)) return Number(value)
  if (typeof value === 'string' && name === 'start') return toTimestamp(value)
  if (!isObject(value) || MAPS.has(name)) return value ?? undefined
  const { objectStorage, sqlDatabase, ...rest } = Object.fromEntries(Object.entries(value).map(([inner, item]) => [inner, toInit(item, inner)]))
  if (objectStorage !== undefined) return { ...rest, target: { $case: 'objectStorage', objectStorage } }
  if (sqlDatabase !== undefined) return { ...rest, target: { $case: 'sqlDatabase', sqlDatabase } }
  return rest
}

const UNITS: Readonly<Record<string, number>> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9 }

function toDuration(text: string): { seconds: number; nanos: number } {
  if (!/^(\d+(\.\d+)?(h|ms|m|s|us|ns))+$/.test(text)) throw invalid(`"${text.slice(0, 40)}" is no duration: write it like 90s or 1h30m`)
  let sum = 0
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|ns)/gy)) sum += Number(amount) * (UNITS[unit ?? ''] ?? 0)
  return { seconds: Math.floor(sum), nanos: Math.round((sum % 1) * 1e9) }
}

function toTimestamp(text: string): { seconds: number; nanos: number } {
  const ms = Date.parse(text)
  if (Number.isNaN(ms)) throw invalid(`"${text.slice(0, 40)}" is no time: write it like 2030-01-31T12:00:00Z`)
  return { seconds: Math.floor(ms / 1000), nanos: (((ms % 1000) + 1000) % 1000) * 1e6 }
}

/** Throws unless everything that was given is in the message. */
function checkTaken(given: unknown, arrived: unknown, path: string): void {
  if (given === undefined) return
  if (Array.isArray(given)) {
    if (!Array.isArray(arrived) || arrived.length !== given.length) throw invalid(`${path} is not a list`)
    given.forEach((item, i) => checkTaken(item, arrived[i], `${path}[${i}]`))
    return
  }
  if (typeof given === 'object' && given !== null) {
    if (typeof arrived !== 'object' || arrived === null) throw invalid(`${path} is not an object`)
    for (const [name, value] of Object.entries(given)) {
      if (!Object.hasOwn(arrived, name)) throw invalid(`${path} has an unknown field "${name.slice(0, 100)}"`)
      checkTaken(value, (arrived as Record<string, unknown>)[name], `${path}.${name}`)
    }
    return
  }
  const isSame = given === arrived || (typeof given === 'number' && Math.fround(given) === arrived)
  if (!isSame) throw invalid(`${path} has a value of the wrong type`)
}

/** The spec of a request: what is set in it, with the names of JSON. */
export function toSpec(request: pps.CreatePipelineRequest): JsonObject {
  const spec = toJson(request, '')
  return isObject(spec) ? Object.fromEntries(Object.entries(spec).filter(([name]) => !NOT_OF_THE_SPEC.has(name))) : {}
}

function toJson(value: unknown, name: string): Json | undefined {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(item => toJson(item, '') ?? null)
  if (typeof value === 'object' && value !== null) {
    const fields = value as Readonly<Record<string, unknown>>
    if (DURATIONS.has(name)) return `${Number(fields['seconds']) + Number(fields['nanos']) / 1e9}s`
    if (name === 'start') return new Date(Number(fields['seconds']) * 1000).toISOString()
    const target = fields['$case']
    if (typeof target === 'string') return { [target]: toJson(fields[target], target) ?? {} }
    const entries = Object.entries(fields).flatMap(([inner, item]): [string, Json][] => {
      const json = toJson(item, inner)
      if (inner === 'target' && isObject(json)) return Object.entries(json)
      return json === undefined ? [] : [[inner, json]]
    })
    return MAPS.has(name) && entries.length === 0 ? undefined : Object.fromEntries(entries)
  }
  if (value === undefined || value === '' || value === 0 || value === false) return undefined
  return value as Json
}
