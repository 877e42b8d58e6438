/** The input whose datums are tried: alone, or as a part of a whole pipeline specification. */
import type { TranslationBundle } from '@jupyterlab/translation'
import { isMap } from 'yaml'

import { inputRules, pairAt } from './input-rules.js'
import { hasErrors, readSpec, resolved, type SpecProblem, type SpecRules } from './spec-text.js'

/** `input` is undefined when it cannot be sent; `isReadable` tells whether it is at least a mapping. */
export interface TriedInput {
  readonly input: Readonly<Record<string, unknown>> | undefined
  readonly isReadable: boolean
  readonly problems: readonly SpecProblem[]
}

/** Reads what the user wrote. */
export function readTriedInput(text: string, trans: TranslationBundle): TriedInput {
  const rules = inputRules('datums', trans)
  const ofInput: SpecRules = (root, document, report) => {
    const input = resolved(pairAt(root, 'input')?.value, document)
    rules(isMap(input) ? input : root, document, report)
  }
  const read = readSpec(text, ofInput, trans)
  const { value, problems } = read
  return { input: value && !hasErrors(read) ? inputIn(value) : undefined, isReadable: value !== undefined, problems }
}

function inputIn(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { input } = value
  return typeof input === 'object' && input !== null ? { ...input } : value
}
