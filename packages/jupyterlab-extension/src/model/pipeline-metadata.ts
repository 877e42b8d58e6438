/** The pipeline that a notebook describes in its metadata, under the key of the original extension. */
import type { TranslationBundle } from '@jupyterlab/translation'

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

/** The value to keep under METADATA_KEY. */
export function metadataOf(fields: PipelineFields) {
  return {
    version: VERSION,
    config: {
      pipeline: { name: fields.name, project: { name: fields.project } },
      image: fields.image,
      requirements: fields.requirements,
      external_files: fields.externalFiles,
      input_spec: fields.inputSpec,
      port: fields.port,
      gpu_mode: fields.gpuMode,
      resource_spec: fields.resourceSpec === '' ? null : fields.resourceSpec,
    },
  }
}

/** What must still be filled in, in the words of the form; empty when it can be published. */
export function missingFields({ name, image, inputSpec, gpuMode, resourceSpec }: PipelineFields, trans: TranslationBundle): string[] {
  const wanted: [string, string][] = [
    [name, trans.__('Pipeline Name')],
    [image, trans.__('Container Image Name')],
    [inputSpec, trans.__('Pipeline Input Spec')],
    ...(gpuMode === 'Advanced' ? [[resourceSpec, trans.__('Pipeline Resource Spec')] satisfies [string, string]] : []),
  ]
  return wanted.filter(([value]) => value.trim() === '').map(([, label]) => label)
}

function member(value: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, unknown>> {
  const found = value[key]
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? { ...found } : {}
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
}
