/** What the input of a pipeline has to keep to: the rules of pachd and of mount-server, in sentences that say what to do. */
import type { TranslationBundle } from '@jupyterlab/translation'
import { isMap, isScalar, isSeq, type Document, type Node, type Pair, type YAMLMap } from 'yaml'

import { checkInputNames } from './input-names.js'
import { resolved, type Report, type SpecRules } from './spec-text.js'

/** Datums can be shown of less than pipelines can read. */
export type InputPurpose = 'datums' | 'pipeline'

/** What an input can be; each combines others but for the first and the last. */
export const INPUT_KINDS = ['pfs', 'cross', 'union', 'join', 'group', 'cron'] as const
/** The fields of `pfs` whose values are texts. */
export const PFS_TEXTS = ['project', 'name', 'repo', 'repo_type', 'branch', 'commit', 'glob', 'join_on', 'group_by'] as const
/** The fields of `pfs` whose values are true or false. */
export const PFS_SWITCHES = ['outer_join', 'lazy', 'empty_files', 's3', 'reference'] as const
const PFS_OBJECTS = ['trigger', 'propagation_spec']
const CRON_FIELDS = ['name', 'project', 'repo', 'commit', 'spec', 'overwrite', 'start']
const NAME = /^[a-zA-Z0-9_-]+$/

/** The rules for the text of an input. */
export function inputRules(purpose: InputPurpose, trans: TranslationBundle): SpecRules {
  return (root, document, report) => {
    new InputCheck(purpose, document, report, trans).input(root, [])
    checkInputNames(root, { purpose, document, report, trans })
  }
}

class InputCheck {
  constructor(
    private readonly purpose: InputPurpose,
    private readonly document: Document,
    private readonly report: Report,
    private readonly trans: TranslationBundle,
  ) {}

  /** `within` are the kinds that it stands in, the outermost first. */
  input(node: Node, within: readonly string[]): void {
    const { trans, report } = this
    if (!isMap(node)) {
      report(node, trans.__('An input is a mapping with one of %1.', INPUT_KINDS.join(', ')))
      return
    }
    const given = node.items.filter(pair => this.isKind(pair) && !this.isNothing(pair))
    const [first, second] = given
    if (second) report(second.key, trans.__('Only one kind of input may stand here, and there is "%1" already. Put both into the list of a cross, union, join or group.', keyOf(first)))
    else if (first) this.kind(first, within)
    else report(node.items[0]?.key ?? node, trans.__('Say what to read, with one of %1.', INPUT_KINDS.join(', ')))
  }

  private isKind(pair: Pair): boolean {
    if (INPUT_KINDS.some(kind => kind === keyOf(pair))) return true
    this.report(pair.key, this.trans.__('"%1" is no kind of input; use one of %2.', keyOf(pair), INPUT_KINDS.join(', ')))
    return false
  }

  /** pachd takes an empty list for none. */
  private isNothing({ value }: Pair): boolean {
    const node = resolved(value, this.document)
    return node === undefined || (isSeq(node) && node.items.length === 0)
  }

  private kind(pair: Pair, within: readonly string[]): void {
    const { trans, report } = this
    const kind = keyOf(pair)
    const node = resolved(pair.value, this.document)
    if (kind === 'pfs' || kind === 'cron') {
      if (!isMap(node)) report(pair.key, trans.__('"%1" should be followed by its fields, indented below it.', kind))
      else if (kind === 'pfs') this.pfs(node, pair, within)
      else this.cron(node, pair)
      return
    }
    if (!isSeq(node)) {
      report(pair.key, trans.__('"%1" should be followed by a list of inputs, each with a dash.', kind))
      return
    }
    for (const item of node.items) {
      const input = resolved(item, this.document)
      if (input) this.input(input, [...within, kind])
      else report(item, trans.__('An input is a mapping with one of %1.', INPUT_KINDS.join(', ')))
    }
  }

  private pfs(node: YAMLMap, owner: Pair, within: readonly string[]): void {
    const { trans, report } = this
    for (const pair of node.items) this.pfsField(pair)
    const text = (key: string) => textAt(node, key, this.document)
    if (text('repo') === '') report(owner.key, trans.__('Name the repo that is read: "repo".'))
    else if (!NAME.test(text('repo'))) report(pairAt(node, 'repo')?.value, trans.__('No repo can be called "%1": only letters, digits, underscores and dashes are allowed.', text('repo')))
    const isS3 = this.isOn(node, 's3')
    if (text('glob') === '' && !isS3) report(owner.key, trans.__('Say what is one datum: "glob". "/" is all of the repo, "/*" each file and directory at its top.'))
    if (text('commit') !== '') report(pairAt(node, 'commit')?.key, trans.__('A commit cannot be chosen here: the newest one of the branch is read. Leave "commit" out, or name a branch that points to it.'))
    if (isS3) this.s3(node, text('glob'), within)
    const combined = within.at(-1)
    if (combined === 'join' && text('join_on') === '') report(owner.key, trans.__('Without "join_on" every file here belongs to every file of the others.'), 'warning')
    if (combined === 'group' && text('group_by') === '') report(owner.key, trans.__('Without "group_by" all files are one datum.'), 'warning')
  }

  private pfsField(pair: Pair): void {
    const { trans, report } = this
    const key = keyOf(pair).replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
    const node = resolved(pair.value, this.document)
    if (node === undefined) return
    const value = isScalar(node) ? node.value : undefined
    if (PFS_TEXTS.some(known => known === key)) {
      if (typeof value !== 'string') report(pair.value, trans.__('"%1" should be a text; put it between quotes.', keyOf(pair)))
    } else if (PFS_SWITCHES.some(known => known === key)) {
      if (typeof value !== 'boolean') report(pair.value, trans.__('"%1" should be true or false.', keyOf(pair)))
    } else if (!PFS_OBJECTS.includes(key)) report(pair.key, trans.__('"%1" is no field of pfs; those are %2.', keyOf(pair), [...PFS_TEXTS, ...PFS_SWITCHES, ...PFS_OBJECTS].join(', ')))
  }

  private s3(node: YAMLMap, glob: string, within: readonly string[]): void {
    const { trans, report } = this
    const key = pairAt(node, 's3')?.key
    const combined = within.find(kind => kind !== 'cross')
    if (this.purpose === 'datums') report(key, trans.__('What is read over S3 cannot be mounted; leave "s3" out.'))
    else if (glob !== '' && glob !== '/') report(key, trans.__('What is read over S3 is always all of the repo: "glob" should be "/".'))
    else if (combined !== undefined) report(key, trans.__('What is read over S3 cannot be part of a %1.', combined))
    else if (this.isOn(node, 'lazy') || this.isOn(node, 'empty_files')) report(key, trans.__('"s3" goes neither with "lazy" nor with "empty_files".'))
  }

  private cron(node: YAMLMap, owner: Pair): void {
    const { trans, report } = this
    if (this.purpose === 'datums') {
      report(owner.key, trans.__('A cron input has no datums before there is a pipeline; leave it out here.'))
      return
    }
    for (const pair of node.items) if (!CRON_FIELDS.includes(keyOf(pair))) report(pair.key, trans.__('"%1" is no field of cron; those are %2.', keyOf(pair), CRON_FIELDS.join(', ')))
    if (textAt(node, 'spec', this.document) === '') report(owner.key, trans.__('Say when: "spec", such as "@every 1h".'))
  }

  private isOn(node: YAMLMap, key: string): boolean {
    const value = resolved(pairAt(node, key)?.value, this.document)
    return isScalar(value) && value.value === true
  }
}

/** The name of a pair of a mapping. */
export function keyOf(pair: Pair | undefined): string {
  const key: unknown = isScalar(pair?.key) ? pair.key.value : undefined
  return typeof key === 'string' ? key : ''
}

/** The pair with this key, in snake_case or as it is. */
export function pairAt(node: YAMLMap, key: string): Pair | undefined {
  return node.items.find(pair => keyOf(pair).replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`) === key)
}

/** The text behind a key, empty where there is none. */
export function textAt(node: YAMLMap, key: string, document: Document): string {
  const value = resolved(pairAt(node, key)?.value, document)
  return isScalar(value) && typeof value.value === 'string' ? value.value : ''
}
