/** What is wrong with the fields of a pipeline, said before anything is sent. */
import type { TranslationBundle } from '@jupyterlab/translation'

import { inputRules } from './input-rules.js'
import type { PipelineFields } from './pipeline-metadata.js'
import { resourceRules } from './resource-rules.js'
import { readSpec, type SpecProblem, type SpecRules } from './spec-text.js'

/** One sentence for each field that cannot be sent as it is. */
export type FieldProblems = ReadonlyMap<keyof PipelineFields, string>

/** The fields that are specifications. */
export type SpecField = 'inputSpec' | 'resourceSpec'

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_-]*$/
/** Pods are labelled with the name of their pipeline, and a label has 63 characters. */
const MAX_PIPELINE = 63
const MAX_PROJECT = 51
const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
/** A reference to an image, as container registries have it: registry, path, tag, digest. */
const IMAGE = new RegExp(`^(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::\\d+)?/)?${COMPONENT}(?:/${COMPONENT})*(?::\\w[\\w.-]{0,127})?(?:@[A-Za-z][\\w.+-]*:[0-9a-fA-F]{32,})?$`)
const MAX_PORT = 65535

/** Says what is missing or cannot be. */
export function fieldProblems(fields: PipelineFields, trans: TranslationBundle): FieldProblems {
  const checks: [keyof PipelineFields, string | undefined][] = [
    ['name', nameProblem(fields.name, trans)],
    ['project', projectProblem(fields.project, trans)],
    ['image', imageProblem(fields.image, trans)],
    ['externalFiles', externalFilesProblem(fields.externalFiles, trans)],
    ['port', portProblem(fields.port, trans)],
    ['inputSpec', specProblem(fields, 'inputSpec', trans)],
    ['resourceSpec', fields.gpuMode === 'Advanced' ? specProblem(fields, 'resourceSpec', trans) : undefined],
  ]
  return new Map(checks.flatMap(([field, problem]) => (problem === undefined ? [] : [[field, problem] as const])))
}

/** What is wrong where in one of the specifications. */
export function specProblems(fields: PipelineFields, field: SpecField, trans: TranslationBundle): readonly SpecProblem[] {
  return readSpec(fields[field], rulesFor(field, trans), trans).problems
}

function specProblem(fields: PipelineFields, field: SpecField, trans: TranslationBundle): string | undefined {
  const { value, problems } = readSpec(fields[field], rulesFor(field, trans), trans)
  const error = problems.find(({ severity }) => severity === 'error')
  if (error) return error.message
  if (value !== undefined) return undefined
  return field === 'inputSpec' ? trans.__('Say what the pipeline reads.') : trans.__('Say which resources the pipeline wants, or choose another GPU mode.')
}

function rulesFor(field: SpecField, trans: TranslationBundle): SpecRules {
  return field === 'inputSpec' ? inputRules('pipeline', trans) : resourceRules(trans)
}

function nameProblem(name: string, trans: TranslationBundle): string | undefined {
  if (name.trim() === '') return trans.__('Give the pipeline a name.')
  return allowedName(name, MAX_PIPELINE, trans)
}

function projectProblem(project: string, trans: TranslationBundle): string | undefined {
  return project === '' ? undefined : allowedName(project, MAX_PROJECT, trans)
}

function allowedName(name: string, max: number, trans: TranslationBundle): string | undefined {
  if (!NAME.test(name)) return trans.__('Only letters, digits, underscores and dashes are allowed, and the first must be a letter or a digit.')
  return name.length > max ? trans.__('It is %1 characters long; at most %2 are allowed.', name.length, max) : undefined
}

function imageProblem(image: string, trans: TranslationBundle): string | undefined {
  if (image.trim() === '') return trans.__('Name the image of the container that runs the code.')
  return IMAGE.test(image.trim()) ? undefined : trans.__('No image can be called this; it looks like "python:3.10" or "registry.example.com/team/image:tag".')
}

function externalFilesProblem(files: string, trans: TranslationBundle): string | undefined {
  const names = files.split(',').map(name => name.trim())
  if (files.trim() === '') return undefined
  if (names.includes('')) return trans.__('There is a comma too many.')
  const folder = names.find(name => name.replace(/^\.\//, '').includes('/'))
  return folder === undefined ? undefined : trans.__('"%1" should stand beside the notebook, in the same folder.', folder)
}

function portProblem(port: string, trans: TranslationBundle): string | undefined {
  if (port.trim() === '') return undefined
  const isPort = /^\d+$/.test(port.trim()) && Number(port) >= 1 && Number(port) <= MAX_PORT
  return isPort ? undefined : trans.__('A port is a number from 1 to 65535.')
}
