/** What every store promises; judged over each implementation by store.test.ts. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import type { Store } from '../src/store/store.js'

const bytes = (text: string) => Buffer.from(text)
const texts = (rows: Iterable<{ key: Uint8Array }>) => Array.from(rows, row => Buffer.from(row.key).toString())

/** Runs the promises of `Store` over a fresh store for each test. */
export function storeContract(name: string, makeStore: () => Store): void {
  describe(`${name} store`, () => {
    let store: Store
    beforeEach(async () => {
      store = makeStore()
      await store.write(rows => {
        for (const key of ['a', 'b', 'ba', 'bb', 'c', 'é']) rows.put(bytes(key), bytes(`value of ${key}`))
      })
    })
    afterEach(() => store.close())

    test('a row that was written is read back', () => {
      expect(Buffer.from(store.rows.get(bytes('ba')) ?? []).toString()).toBe('value of ba')
    })

    test('a row that is missing is undefined', () => {
      expect(store.rows.get(bytes('nope'))).toBeUndefined()
    })

    test('a scan includes its start and excludes its end, in byte order', () => {
      expect(texts(store.rows.range({ start: bytes('b'), end: bytes('c') }))).toEqual(['b', 'ba', 'bb'])
      expect(texts(store.rows.range({ start: bytes('c'), end: Buffer.from([0xff]) }))).toEqual(['c', 'é'])
    })

    test('a reverse scan visits the same rows from the end', () => {
      expect(texts(store.rows.range({ start: bytes('b'), end: bytes('c'), reverse: true }))).toEqual(['bb', 'ba', 'b'])
    })

    test('a limit ends a scan in either direction', () => {
      expect(texts(store.rows.range({ start: bytes('a'), end: bytes('z'), limit: 2 }))).toEqual(['a', 'b'])
      expect(texts(store.rows.range({ start: bytes('a'), end: bytes('z'), limit: 2, reverse: true }))).toEqual(['c', 'bb'])
      expect(texts(store.rows.range({ start: bytes('b'), end: bytes('c'), limit: 3, reverse: true }))).toEqual(['bb', 'ba', 'b'])
    })

    test('the values of a scan stay what they were, however long the scan is', async () => {
      const key = (i: number) => `long/${i.toString().padStart(4, '0')}`
      await store.write(rows => {
        for (let i = 0; i < 1000; i++) rows.put(bytes(key(i)), bytes(`value of ${key(i)}`))
      })
      const range = { start: bytes('long/'), end: bytes('long0') }

      const forward = Array.from(store.rows.range(range))
      const backward = Array.from(store.rows.range({ ...range, reverse: true }))

      expect(forward.map(row => Buffer.from(row.value).toString())).toEqual(Array.from({ length: 1000 }, (_, i) => `value of ${key(i)}`))
      expect(backward.reverse()).toEqual(forward)
      expect(texts(store.rows.range({ ...range, reverse: true, limit: 600 })).at(-1)).toBe(key(400))
    })

    test('a write sees its own changes', async () => {
      const seen = await store.write(rows => {
        rows.put(bytes('new'), bytes('1'))
        rows.remove(bytes('a'))
        return [rows.get(bytes('new')) !== undefined, rows.get(bytes('a')), texts(rows.range({ start: bytes('a'), end: bytes('ba') }))]
      })

      expect(seen).toEqual([true, undefined, ['b']])
    })

    test('a write that throws leaves no trace and hands its error on', async () => {
      const failing = store.write(rows => {
        rows.put(bytes('half'), bytes('1'))
        rows.remove(bytes('a'))
        throw new RangeError('no')
      })

      await expect(failing).rejects.toThrow(RangeError)
      expect(store.rows.get(bytes('half'))).toBeUndefined()
      expect(store.rows.get(bytes('a'))).toBeDefined()
    })

    test('what is tried out is seen inside and gone afterwards', async () => {
      const seen = await store.tryOut(rows => {
        rows.put(bytes('tried'), bytes('1'))
        return rows.get(bytes('tried')) !== undefined
      })

      expect(seen).toBe(true)
      expect(store.rows.get(bytes('tried'))).toBeUndefined()
    })

    test('writes that start together run one after the other', async () => {
      await store.write(rows => rows.put(bytes('count'), bytes('0')))

      await Promise.all(
        Array.from({ length: 50 }, () =>
          store.write(rows => {
            const count = Number(Buffer.from(rows.get(bytes('count')) ?? []).toString())
            rows.put(bytes('count'), bytes(String(count + 1)))
          }),
        ),
      )

      expect(Buffer.from(store.rows.get(bytes('count')) ?? []).toString()).toBe('50')
    })

    test('a failing write between others takes only its own changes back', async () => {
      const outcomes = await Promise.allSettled([
        store.write(rows => rows.put(bytes('x1'), bytes('1'))),
        store.write(rows => {
          rows.put(bytes('x2'), bytes('1'))
          throw new Error('no')
        }),
        store.write(rows => rows.put(bytes('x3'), bytes('1'))),
      ])

      expect(outcomes.map(outcome => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
      expect(texts(store.rows.range({ start: bytes('x'), end: bytes('y') }))).toEqual(['x1', 'x3'])
    })

    test('a value that was read does not change when the row does', async () => {
      const before = store.rows.get(bytes('a'))
      await store.write(rows => rows.put(bytes('a'), bytes('other text')))

      expect(Buffer.from(before ?? []).toString()).toBe('value of a')
    })

    test('it can be closed twice', async () => {
      await store.durable()
      await store.close()
      await store.close()
    })
  })
}
