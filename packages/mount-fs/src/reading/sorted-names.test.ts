import fc from 'fast-check'
import { expect, test } from 'vitest'

import { directoryAttributes } from '../attributes.js'
import { ListingBuilder } from './listing.js'
import { firstPosition, pageOf, type PageQuery, type SortedNames, sortedNames } from './sorted-names.js'

/** A directory of a commit with these names, in the order in which pachd would send them. */
function listed(names: readonly string[]): SortedNames {
  const builder = new ListingBuilder()
  for (const name of names) builder.add({ name, isDirectory: name.endsWith('d'), sizeBytes: name.length, modifiedMs: 1000, hash: new Uint8Array(0) })
  return builder.build().sorted
}

/** The same names, and how many of them were looked at. */
function counted(names: SortedNames): { names: SortedNames; looks: () => number } {
  let looks = 0
  const nameAt = (position: number) => {
    looks++
    return names.nameAt(position)
  }
  return { names: { ...names, nameAt, behind: name => firstPosition(names.size, position => nameAt(position) > name) }, looks: () => looks }
}

function allPages(names: SortedNames, query: Omit<PageQuery, 'after'>): string[][] {
  const pages: string[][] = []
  for (let after: string | undefined, isLast = false; !isLast; ) {
    const page = pageOf(names, { ...query, after })
    pages.push(page.entries.map(({ name }) => name))
    after = page.entries.at(-1)?.name
    isLast = page.isLast
  }
  return pages
}

const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))
const names = fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter(name => !name.includes('\0')), { maxLength: 40 })

test('the pages of a directory together are its names in order, each page but the last as long as is wanted', () => {
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 9 }), (given, limit) => {
      const pages = allPages(listed(given), { search: '', limit })

      expect(pages.flat()).toEqual([...given].sort(byBytes))
      expect(pages.slice(0, -1).every(page => page.length === limit)).toBe(true)
      expect(pages.length).toBe(Math.max(1, Math.ceil(given.length / limit)))
    }),
  )
})

test('a search, and a choice of names, leave the others out of pages and total', () => {
  fc.assert(
    fc.property(names, fc.string({ maxLength: 1 }), fc.integer({ min: 1, max: 5 }), (given, search, limit) => {
      const isShown = (name: string) => name.length % 2 === 0
      const wanted = [...given].sort(byBytes).filter(name => name.toLowerCase().includes(search.toLowerCase()))

      expect(allPages(listed(given), { search, limit }).flat()).toEqual(wanted)
      expect(pageOf(listed(given), { search, limit, after: undefined }, isShown)).toMatchObject({ total: wanted.filter(isShown).length, isLast: wanted.filter(isShown).length <= limit })
    }),
  )
})

test('a page begins behind a name that is gone, and behind the last one it is empty', () => {
  const directory = listed(['a', 'c', 'b.d'])

  expect(pageOf(directory, { search: '', after: 'aa', limit: 1 })).toMatchObject({ entries: [{ name: 'b.d', attributes: { kind: 'directory' } }], total: 3, isLast: false })
  expect(pageOf(directory, { search: '', after: 'c', limit: 1 })).toEqual({ entries: [], total: 3, isLast: true })
})

test('of a hundred thousand names a page looks at its own, and at the few between which it finds its beginning', () => {
  const many = Array.from({ length: 100_000 }, (_, index) => `file-${String(index).padStart(6, '0')}`)
  for (const directory of [listed(many), sortedNames(many, () => directoryAttributes(0))]) {
    const { names: watched, looks } = counted(directory)

    const { entries, total } = pageOf(watched, { search: '', after: 'file-049999', limit: 100 })

    expect([entries[0]?.name, entries.length, total]).toEqual(['file-050000', 100, 100_000])
    expect(looks()).toBeLessThan(120)
  }
})
