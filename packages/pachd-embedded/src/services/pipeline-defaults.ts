/** What the specs of pipelines are laid over: the defaults of the cluster, and of the project. */
import type { pps } from '@jupyterlab-pachyderm/pachd-proto'

import { ModelError } from '../model-error.js'
import type { Change } from '../model/change.js'
import { tables } from '../model/records.js'
import type { Rows } from '../store/store.js'
import { overlay, parseSpec, toRequest } from './pipeline-json.js'
import type { JsonObject } from './pipeline-json.js'
import { fromPipeline, listPipelines, putPipeline } from './pipeline-spec.js'

/** Whose defaults: those of a project, or of the cluster when it names none. */
export type DefaultsOf = string | undefined

const key = (of: DefaultsOf): [string, ...string[]] => (of === undefined ? ['cluster-defaults'] : ['project-defaults', of])

/** The defaults as JSON; `{}` when nobody has set any. */
export const defaultsText = (rows: Rows, of: DefaultsOf): string => String(tables.meta.get(rows, ...key(of)) ?? '{}')

const defaultsSpec = (text: string): JsonObject => (parseSpec(text, 'defaults')['createPipelineRequest'] ?? {}) as JsonObject

/** A spec with the defaults below it, as text and as the request that it means. */
export function completed(rows: Rows, spec: JsonObject): { request: pps.CreatePipelineRequest; effectiveJson: string } {
  const { project } = fromPipeline(toRequest(spec, 'spec').pipeline)
  const effective = [defaultsSpec(defaultsText(rows, undefined)), defaultsSpec(defaultsText(rows, project)), spec].reduce((below, above) => overlay(below, above) as JsonObject)
  return { request: toRequest(effective, 'spec'), effectiveJson: JSON.stringify(effective) }
}

/** Throws INVALID_ARGUMENT unless a text can be defaults. */
function checkDefaults(text: string): void {
  const { createPipelineRequest = {}, ...others } = parseSpec(text, 'defaults')
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) throw new ModelError('INVALID_ARGUMENT', `the defaults have an unknown field "${unknown.slice(0, 100)}"; put them into "create_pipeline_request"`)
  toRequest(createPipelineRequest as JsonObject, 'create_pipeline_request')
}

/** What to do about defaults besides keeping them. */
export interface SettingOptions {
  /** Gives the pipelines that are there specs over the new defaults. */
  readonly regenerate: boolean
}

/** Sets defaults and names the pipelines whose specs change by it. */
export function setDefaults(change: Change, of: DefaultsOf, text: string, { regenerate }: SettingOptions): pps.Pipeline[] {
  const wanted = text === '' ? '{}' : text
  checkDefaults(wanted)
  tables.meta.put(change.rows, key(of), wanted)
  const affected: pps.Pipeline[] = []
  for (const { pipeline, userSpecJson, effectiveSpecJson } of listPipelines(change.rows, of === undefined ? [] : [of])) {
    if (!pipeline || userSpecJson === '') continue
    const { request, effectiveJson } = completed(change.rows, parseSpec(userSpecJson, 'spec'))
    if (effectiveJson === effectiveSpecJson) continue
    affected.push(pipeline)
    if (regenerate) putPipeline(change, { ...request, update: true }, { userJson: userSpecJson, effectiveJson })
  }
  return affected
}
