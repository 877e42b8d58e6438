/** What the resources of a pipeline have to keep to. */
import type { TranslationBundle } from '@jupyterlab/translation'
import { isMap, isScalar, type Document, type YAMLMap } from 'yaml'

import { keyOf, pairAt } from './input-rules.js'
import { resolved, type SpecRules } from './spec-text.js'

const FIELDS = ['cpu', 'memory', 'disk', 'gpu']
const AMOUNT = /^\d+(\.\d+)?([EPTGMK]i?|[numk])?$/

/** The rules for the text of the resources. */
export function resourceRules(trans: TranslationBundle): SpecRules {
  return (root, document, report) => {
    for (const pair of root.items) if (!FIELDS.includes(keyOf(pair))) report(pair.key, trans.__('"%1" is no resource; those are %2.', keyOf(pair), FIELDS.join(', ')))
    const cpu = valueAt(root, 'cpu', document)
    if (cpu !== undefined && !(typeof cpu === 'number' && cpu > 0)) report(pairAt(root, 'cpu')?.value, trans.__('"cpu" should be a number of processors, such as 0.5.'))
    for (const key of ['memory', 'disk']) {
      const amount = valueAt(root, key, document)
      const isText = typeof amount === 'string' && AMOUNT.test(amount)
      if (amount !== undefined && !isText) report(pairAt(root, key)?.value, trans.__('"%1" should be an amount with its unit, such as "2Gi".', key))
    }
    const gpu = pairAt(root, 'gpu')
    const node = resolved(gpu?.value, document)
    if (node === undefined) return
    const count = isMap(node) ? valueAt(node, 'number', document) : undefined
    const kind = isMap(node) ? valueAt(node, 'type', document) : undefined
    if (typeof kind !== 'string' || kind === '') report(gpu?.key, trans.__('Say which kind of GPU: "type", such as nvidia.com/gpu.'))
    else if (!Number.isSafeInteger(count) || Number(count) < 1) report(gpu?.key, trans.__('Say how many GPUs: "number", a whole number.'))
  }
}

function valueAt(node: YAMLMap, key: string, document: Document): unknown {
  const value = resolved(pairAt(node, key)?.value, document)
  return isScalar(value) ? value.value : value?.toJSON()
}
