import fc from 'fast-check'
import { expect, test } from 'vitest'

import { nodeOf } from './listed-node.js'
import { ListingBuilder, type ListedNode } from './listing.js'

const node = (name: string, more: Partial<ListedNode> = {}): ListedNode => ({ name, isDirectory: false, sizeBytes: 1, modifiedMs: 1000, hash: new Uint8Array(0), ...more })

const nodes = fc.uniqueArray(
  fc.record({
    name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).filter(name => !name.includes('\0')),
    isDirectory: fc.boolean(),
    sizeBytes: fc.nat(),
    modifiedMs: fc.nat(),
    hash: fc.constantFrom(new Uint8Array(0), new Uint8Array(32).fill(7)),
  }),
  { selector: ({ name }) => name, maxLength: 60 },
)

test('whatever the names and their order, each is found with what was said of it, and no other', () => {
  fc.assert(
    fc.property(nodes, fc.string(), (rows, other) => {
      const builder = new ListingBuilder()
      for (const row of rows) builder.add(row)

      const listing = builder.build()

      expect([...listing].map(([name]) => name)).toEqual(rows.map(({ name }) => name))
      for (const { name, isDirectory, sizeBytes, modifiedMs, hash } of rows) {
        expect(listing.get(name)).toMatchObject({ kind: isDirectory ? 'directory' : 'file', modifiedMs, ...(isDirectory ? {} : { sizeBytes }) })
        expect(listing.hashOf(name)?.byteLength).toBe(!isDirectory && hash.byteLength > 0 ? 32 : undefined)
      }
      expect(listing.get(other) !== undefined).toBe(rows.some(({ name }) => name === other))
    }),
  )
})

test('a file and a directory of one name show the directory, wherever the two come', () => {
  for (const order of [[false, true], [true, false]]) {
    const builder = new ListingBuilder()
    for (const isDirectory of order) for (const name of ['a', 'a-b']) builder.add(node(name, { isDirectory: isDirectory && name === 'a' }))

    const listing = builder.build()

    expect(listing.get('a')?.kind).toBe('directory')
    expect([...listing].map(([name, { kind }]) => `${name} ${kind}`).sort()).toEqual(['a directory', 'a-b file'])
  }
})

test('the rows from a name on follow it in the order in which they came', () => {
  const builder = new ListingBuilder()
  for (const name of ['b', 'a', 'd', 'c']) builder.add(node(name))

  expect([...builder.build().from('d')].map(([name]) => name)).toEqual(['d', 'c'])
})

test('a name takes less than 100 bytes', () => {
  const builder = new ListingBuilder()
  for (let index = 0; index < 100_000; index++) builder.add(node(`file-${String(index).padStart(6, '0')}.parquet`, { hash: new Uint8Array(32).fill(1) }))

  expect(builder.build().memoryBytes / 100_000).toBeLessThan(100)
})

test.each(['/d/..', '/d/.', '/d/', '/d/a/b', '/e/a', '/d/a\0b', '../a', '', `/d/${'x'.repeat(2000)}`])('%j is the name of nothing in /d', path => {
  expect(nodeOf({ file: { path } }, '/d/', 0)).toBeUndefined()
})

test.each([-1, Number.NaN, 1e300, 0.5])('a size of %d counts as none', sizeBytes => {
  expect(nodeOf({ file: { path: '/d/a' }, sizeBytes }, '/d/', 0)?.sizeBytes).toBe(0)
})
