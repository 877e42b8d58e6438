/** Pipeline specifications: read field by field from JSON, so that nothing a user wrote is dropped without a word. */
import type { MessageInit, pps } from '@jupyterlab-pachyderm/pachd-proto'

import { MountError } from './errors.js'

/** The message of CreatePipeline, as far as a specification may fill it in. */
export type PipelineSpec = MessageInit<pps.CreatePipelineRequest>

type Reader<T> = (value: unknown, place: string) => T

/** Reads a specification with the keys in snake_case or camelCase. Throws MountError BAD_REQUEST that names the field. */
export function readPipelineSpec(value: unknown): PipelineSpec {
  return specification(value, 'pipeline')
}

const text: Reader<string> = (value, place) => (typeof value === 'string' ? value : wrong(place, 'a text'))
const flag: Reader<boolean> = (value, place) => (typeof value === 'boolean' ? value : wrong(place, 'true or false'))
const integer: Reader<number> = (value, place) => (Number.isSafeInteger(value) ? Number(value) : wrong(place, 'a whole number'))
const amount: Reader<number> = (value, place) => (typeof value === 'number' ? value : wrong(place, 'a number'))

const listOf = <T>(item: Reader<T>): Reader<T[]> =>
  (value, place) => (Array.isArray(value) ? value.map((one: unknown, index) => item(one, `${place}[${String(index)}]`)) : wrong(place, 'a list'))

const mapOf = <T>(item: Reader<T>): Reader<Record<string, T>> =>
  (value, place) => Object.fromEntries(entriesOf(value, place).map(([key, one]) => [key, item(one, `${place}.${key}`)]))

/** Null counts as left out, as in protobuf's JSON. */
function message<const F extends Readonly<Record<string, Reader<unknown>>>>(fields: F): Reader<{ [K in keyof F]?: ReturnType<F[K]> }> {
  const readers = new Map(Object.entries(fields))
  return (value, place) => {
    const read: Record<string, unknown> = {}
    for (const [name, item] of entriesOf(value, place)) {
      const key = name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase())
      const reader = readers.get(key)
      if (!reader) throw new MountError('BAD_REQUEST', `${place}: unknown field "${name}"; use one of ${[...readers.keys()].map(snakeCase).join(', ')}`)
      if (item !== null) read[key] = reader(item, `${place}.${name}`)
    }
    return read as { [K in keyof F]?: ReturnType<F[K]> }
  }
}

const pfs = message({
  project: text, name: text, repo: text, repoType: text, branch: text, commit: text, glob: text, joinOn: text, groupBy: text,
  outerJoin: flag, lazy: flag, emptyFiles: flag, s3: flag, reference: flag,
  trigger: message({ branch: text, all: flag, rateLimitSpec: text, size: text, commits: integer, cronSpec: text }),
  propagationSpec: message({ never: flag }),
})
const inputs: Reader<MessageInit<pps.Input>[]> = (value, place) => listOf(input)(value, place)
const input: Reader<MessageInit<pps.Input>> = message({
  pfs, cross: inputs, union: inputs, join: inputs, group: inputs,
  cron: message({ name: text, project: text, repo: text, commit: text, spec: text, overwrite: flag }),
})
const resources = message({ cpu: amount, memory: text, disk: text, gpu: message({ type: text, number: integer }) })
const transform = message({
  image: text, cmd: listOf(text), errCmd: listOf(text), stdin: listOf(text), errStdin: listOf(text), env: mapOf(text),
  secrets: listOf(message({ name: text, key: text, mountPath: text, envVar: text })), imagePullSecrets: listOf(text),
  acceptReturnCode: listOf(integer), debug: flag, user: text, workingDir: text, dockerfile: text, memoryVolume: flag, datumBatching: flag,
})
const specification: Reader<PipelineSpec> = message({
  pipeline: message({ name: text, project: message({ name: text }) }),
  description: text, transform, input, outputBranch: text, s3Out: flag, salt: text, datumTries: integer, autoscaling: flag,
  podSpec: text, podPatch: text, parallelismSpec: message({ constant: integer }),
  service: message({ internalPort: integer, externalPort: integer, ip: text, type: text }),
  resourceRequests: resources, resourceLimits: resources, sidecarResourceRequests: resources, sidecarResourceLimits: resources,
  schedulingSpec: message({ nodeSelector: mapOf(text), priorityClassName: text }),
  metadata: message({ annotations: mapOf(text), labels: mapOf(text) }),
})

function entriesOf(value: unknown, place: string): [string, unknown][] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : wrong(place, 'a mapping')
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
}

function wrong(place: string, wanted: string): never {
  throw new MountError('BAD_REQUEST', `${place} should be ${wanted}`)
}
