import fc from 'fast-check'
import { expect, test } from 'vitest'

import { Extents } from './extents.js'

const MOST = 60
const range = fc.tuple(fc.nat(MOST), fc.nat(MOST)).map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const)

test('ranges added in any order are the bytes of a set, in order and without overlaps', () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 20 }), range, (added, [start, end]) => {
      const extents = new Extents()
      const bytes = new Set<number>()
      for (const [from, to] of added) {
        const isNew = Array.from({ length: to - from }, (_, index) => from + index).some(byte => !bytes.has(byte))
        expect(extents.add(from, to)).toBe(isNew)
        for (let byte = from; byte < to; byte++) bytes.add(byte)
      }

      const missing = extents.missing(start, end).flatMap(gap => Array.from({ length: gap.end - gap.start }, (_, index) => gap.start + index))
      expect(missing).toEqual(Array.from({ length: end - start }, (_, index) => start + index).filter(byte => !bytes.has(byte)))
      expect(extents.covers(start, end)).toBe(missing.length === 0)
      for (const [index, { start: from, end: to }] of extents.ranges.entries()) {
        expect(to).toBeGreaterThan(from)
        expect(from).toBeGreaterThan(extents.ranges[index - 1]?.end ?? -1)
      }
    }),
  )
})
