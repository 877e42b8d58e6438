/** Datums: from an input spec and the matches of its leaves to ordered lists of files. */
import { blake2b256 } from '../chunks/hashes.js'
import { refused } from '../model-error.js'
import type { Item } from './file-view.js'

/** A leaf of a spec: the files of one branch that match a pattern. */
export interface LeafSpec {
  readonly kind: 'pfs'
  /** The name as the request has it, by which siblings are sorted. */
  readonly givenName: string
  readonly name: string
  readonly repo: string
  readonly branch: string
  readonly outerJoin: boolean
}

/** A spec: a leaf, or how the datums of others are put together. */
export type InputSpec<L extends LeafSpec = LeafSpec> = L | { readonly kind: 'cross' | 'union' | 'join' | 'group'; readonly inputs: readonly InputSpec<L>[] } | { readonly kind: 'cron' }

/** One file of a datum, and the keys that it is joined and grouped by. */
export interface DatumInput<L extends LeafSpec = LeafSpec> {
  readonly leaf: L
  readonly item: Item
  readonly joinKey: string
  readonly groupKey: string
}

/** An ordered list of files that a pipeline would get at once. */
export class Datum<L extends LeafSpec = LeafSpec> {
  private known: string | undefined

  constructor(readonly inputs: readonly DatumInput<L>[]) {}

  /** Follows from the inputs; computed when it is asked for. */
  get id(): string {
    return (this.known ??= datumId(this.inputs))
  }
}

/** A spec that multiplies further than this is refused before it fills the memory. */
const MOST_DATUMS = 500_000
/** So many ids are computed before others get their turn. */
const IDS_AT_A_TIME = 500

function nameOf(spec: InputSpec): string {
  if (spec.kind === 'pfs') return spec.givenName
  const [first] = spec.kind === 'cron' ? [] : spec.inputs
  return first ? nameOf(first) : ''
}

/** Sorts the children of every level by name; children without one stay where they are among each other. */
export function sortSpec<L extends LeafSpec>(spec: InputSpec<L>): InputSpec<L> {
  if (spec.kind === 'pfs' || spec.kind === 'cron') return spec
  const sorted = [...spec.inputs].sort((a, b) => Buffer.compare(Buffer.from(nameOf(a)), Buffer.from(nameOf(b))))
  return { kind: spec.kind, inputs: sorted.map(sortSpec) }
}

/** The leaves of a spec. */
export function leavesOf<L extends LeafSpec>(spec: InputSpec<L>): L[] {
  if (spec.kind === 'pfs') return [spec]
  return spec.kind === 'cron' ? [] : spec.inputs.flatMap(leavesOf)
}

/** Whether a time-triggered input is anywhere in a spec. */
export function hasCron(spec: InputSpec): boolean {
  return spec.kind === 'cron' || (spec.kind !== 'pfs' && spec.inputs.some(hasCron))
}

function lengthOf(text: string): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(Buffer.byteLength(text)))
  return bytes
}

/** The id of a datum follows from the names and paths of its files, not from their content. */
export function datumId(inputs: readonly DatumInput[]): string {
  const parts = inputs.flatMap(({ leaf, item }) => [leaf.name, leaf.repo, leaf.branch, item.path].flatMap(text => [Buffer.from(text), lengthOf(text)]))
  return blake2b256(...parts).toString('hex')
}

const byId = (a: Datum, b: Datum): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)

/** All combinations of one entry of each list, the first list outermost. */
function* combinations<T>(lists: readonly (readonly T[])[]): Generator<T[]> {
  const [first, ...others] = lists
  if (!first) {
    yield []
    return
  }
  for (const one of first) for (const rest of combinations(others)) yield [one, ...rest]
}

class Counter {
  private count = 0

  add(datums = 1): void {
    this.count += datums
    if (this.count > MOST_DATUMS) throw refused(`the input spec makes more than ${MOST_DATUMS} datums; narrow its globs`)
  }
}

/** The datums of a sorted spec in the order of making. `matches` gives the files of a leaf in path order; with `unique` a union within the spec has each datum once. */
export function makeDatums<L extends LeafSpec>(spec: InputSpec<L>, matches: (leaf: L) => readonly DatumInput<L>[], { unique }: { unique: boolean }): Datum<L>[] {
  return make(spec, matches, { unique, isInner: false, counter: new Counter() })
}

function make<L extends LeafSpec>(spec: InputSpec<L>, matches: (leaf: L) => readonly DatumInput<L>[], { unique, isInner, counter }: { unique: boolean; isInner: boolean; counter: Counter }): Datum<L>[] {
  const datum = (inputs: readonly DatumInput<L>[]): Datum<L> => {
    counter.add()
    return new Datum(inputs)
  }
  if (spec.kind === 'pfs') return matches(spec).map(input => datum([input]))
  if (spec.kind === 'cron') throw refused("can't list datums with a cron input, there will be no datums until the pipeline is created")
  const children = spec.inputs.map(input => make(input, matches, { unique, isInner: true, counter }))
  switch (spec.kind) {
    case 'union':
      return unique && isInner ? withoutRepeats(children.flat()) : children.flat()
    case 'cross':
      counter.add(children.reduce((product, datums) => product * datums.length, 1))
      return Array.from(combinations(children), tuple => new Datum(tuple.flatMap(({ inputs }) => inputs)))
    case 'join':
      return join(children, datum)
    case 'group':
      return group(children, datum)
  }
}

function withoutRepeats<L extends LeafSpec>(datums: readonly Datum<L>[]): Datum<L>[] {
  return [...new Map([...datums].reverse().map(datum => [datum.id, datum])).values()].reverse()
}

/** The datums in the order of ids; with `unique` each once. */
export async function inIdOrder<L extends LeafSpec>(datums: readonly Datum<L>[], { unique }: { unique: boolean }): Promise<Datum<L>[]> {
  const seen = new Set<string>()
  const kept: Datum<L>[] = []
  for (const datum of datums) {
    if (!unique || !seen.has(datum.id)) kept.push(datum)
    seen.add(datum.id)
    if (seen.size % IDS_AT_A_TIME === 0) await new Promise(setImmediate)
  }
  return kept.sort(byId)
}

/** Key → for each child, the files with that key, child datums in the order of their ids. */
function byKey<L extends LeafSpec>(children: readonly (readonly Datum<L>[])[], keyOf: (input: DatumInput<L>) => string): Map<string, DatumInput<L>[][]> {
  const found = new Map<string, DatumInput<L>[][]>()
  children.forEach((datums, child) => {
    for (const { inputs } of [...datums].sort(byId)) {
      for (const input of inputs) {
        const key = keyOf(input)
        const lists = found.get(key) ?? children.map(() => [])
        lists[child]?.push(input)
        found.set(key, lists)
      }
    }
  })
  return found
}

function join<L extends LeafSpec>(children: readonly (readonly Datum<L>[])[], datum: (inputs: readonly DatumInput<L>[]) => Datum<L>): Datum<L>[] {
  const made: Datum<L>[] = []
  for (const lists of byKey(children, ({ joinKey }) => joinKey).values()) {
    const present = lists.filter(list => list.length > 0)
    for (const tuple of combinations(present)) {
      const kept = tuple.length === children.length ? tuple : tuple.filter(({ leaf }) => leaf.outerJoin)
      if (kept.length > 0) made.push(datum(kept))
    }
  }
  return made
}

function group<L extends LeafSpec>(children: readonly (readonly Datum<L>[])[], datum: (inputs: readonly DatumInput<L>[]) => Datum<L>): Datum<L>[] {
  return Array.from(byKey(children, ({ groupKey }) => groupKey).values(), lists => datum(lists.flat()))
}
