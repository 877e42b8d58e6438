/** The pipeline that a notebook describes in its metadata, under the key of the original extension. */
/** Where it stands in the metadata of a notebook. */
export const METADATA_KEY = 'pachyderm_pps'

const VERSION = 'v1.0.0'

/** Whether the pipeline asks for GPUs: none, one, or what `resourceSpec` says. */
export type GpuMode = 'None' | 'Simple' | 'Advanced'

/** What the form shows. All but `gpuMode` are texts as the user wrote them. */
export interface PipelineFields {
  readonly name: string
  readonly project: string
  readonly image: string
  readonly requirements: string
  readonly externalFiles: string
  readonly inputSpec: string
  readonly port: string
  readonly gpuMode: GpuMode
  readonly resourceSpec: string
}

/** The fields that the value under METADATA_KEY holds; what is missing is empty, the image the default one. */
export function fieldsOf(metadata: unknown, defaultImage: string): PipelineFields {
  const config = member(member({ [METADATA_KEY]: metadata }, METADATA_KEY), 'config')
  const pipeline = member(config, 'pipeline')
  const gpuMode = config.gpu_mode
  return {
    name: text(pipeline.name),
    project: text(member(pipeline, 'project').name),
    image: text(config.image) || defaultImage,
    requirements: text(config.requirements),
    externalFiles: text(config.external_files),
    inputSpec: text(config.input_spec),
    port: text(config.port),
    gpuMode: gpuMode === 'Simple' || gpuMode === 'Advanced' ? gpuMode : 'None',
    resourceSpec: text(config.resource_spec),
  }
}

/**
 * The value to keep under METADATA_KEY when the user has changed `part` of `fields`. What stands there already stays as
 * it is, in whatever version it was written; where nothing stands, all fields are written.
 */
export function metadataWith(metadata: unknown, fields: PipelineFields, part: Partial<PipelineFields>): Record<string, unknown> {
  const written = member({ [METADATA_KEY]: metadata }, METADATA_KEY)
  const config = member(written, 'config')
  const changed = Object.keys(config).length === 0 ? fields : part
  const pipeline = member(config, 'pipeline')
  const named = changed.name === undefined ? {} : { name: changed.name }
  const placed = changed.project === undefined ? {} : { project: { ...member(pipeline, 'project'), name: changed.project } }
  const own = Object.fromEntries(Object.entries(CONFIG_KEYS).flatMap(([field, key]) => (field in changed ? [[key, valueOf(changed, field as ConfigField)]] : [])))
  return { version: VERSION, ...written, config: { ...config, pipeline: { ...pipeline, ...named, ...placed }, ...own } }
}

type ConfigField = Exclude<keyof PipelineFields, 'name' | 'project'>

/** Where each field stands in `config`; the order is that of the original. */
const CONFIG_KEYS: Readonly<Record<ConfigField, string>> = {
  image: 'image', requirements: 'requirements', externalFiles: 'external_files', inputSpec: 'input_spec', port: 'port', gpuMode: 'gpu_mode', resourceSpec: 'resource_spec',
}

function valueOf(fields: Partial<PipelineFields>, field: ConfigField): string | null {
  const value = fields[field] ?? ''
  return field === 'resourceSpec' && value === '' ? null : value
}

function member(value: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, unknown>> {
  const found = value[key]
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? { ...found } : {}
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}
