/** Pages of a directory whose names stand in an order: what a page costs is what is on it, not what is in the directory. */
import type { Attributes, DirectoryEntry } from '../attributes.js'

/** The names of a directory by their position in an order. */
export interface SortedNames {
  readonly size: number
  nameAt(position: number): string
  /** Undefined for a name that is not among them. */
  attributesOf(name: string): Attributes | undefined
  /** The position of the first name behind `name`, which need not be there. */
  behind(name: string): number
}

/** Which entries are wanted. */
export interface PageQuery {
  /** Only names that contain this, in any case; empty for all. */
  readonly search: string
  /** The name behind which the page begins; undefined for the first. */
  readonly after: string | undefined
  /** At most this many. */
  readonly limit: number
  /** Whether the first names, in pachd's order, will do while the others are on their way. Default: no. */
  readonly partial?: boolean
}

/** Some entries of a directory in the order of their names. */
export interface EntryPage {
  readonly entries: readonly DirectoryEntry[]
  /** How many are wanted over all pages; undefined while that is not known, and then the page is not to be gone on from. */
  readonly total: number | undefined
  readonly isLast: boolean
}

/** One page. `isShown` says which names count; without it, and without a search, only the names of the page are looked at. */
export function pageOf(names: SortedNames, { search, after, limit }: PageQuery, isShown?: (name: string) => boolean): EntryPage {
  const first = after === undefined ? 0 : names.behind(after)
  if (search === '' && !isShown) {
    const end = Math.min(first + limit, names.size)
    const page = Array.from({ length: end - first }, (_, index) => names.nameAt(first + index))
    return { entries: entriesOf(names, page), total: names.size, isLast: end === names.size }
  }
  const wanted = search.toLowerCase()
  const page: string[] = []
  let total = 0
  let isLast = true
  for (let position = 0; position < names.size; position++) {
    const name = names.nameAt(position)
    if (!name.toLowerCase().includes(wanted) || isShown?.(name) === false) continue
    total++
    if (position < first) continue
    if (page.length < limit) page.push(name)
    else isLast = false
  }
  return { entries: entriesOf(names, page), total, isLast }
}

/** Names that are sorted already. */
export function sortedNames(names: readonly string[], attributesOf: SortedNames['attributesOf']): SortedNames {
  const nameAt = (position: number) => names[position] ?? ''
  return { size: names.length, nameAt, attributesOf, behind: name => firstPosition(names.length, position => nameAt(position) > name) }
}

function entriesOf(names: SortedNames, page: readonly string[]): DirectoryEntry[] {
  return page.flatMap(name => {
    const attributes = names.attributesOf(name)
    return attributes ? [{ name, attributes }] : []
  })
}

/** The first position from 0 up to `size` at which `isBehind` holds; it holds for all behind that one. */
export function firstPosition(size: number, isBehind: (position: number) => boolean): number {
  let [low, high] = [0, size]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isBehind(middle)) high = middle
    else low = middle + 1
  }
  return low
}
