import { expect, test } from 'vitest'

import { directoryAttributes } from '../attributes.js'
import { ListingHead } from './listing-head.js'

const entry = (name: string) => ({ name, attributes: directoryAttributes(0) })

test('the first names are there as soon as so many have arrived', async () => {
  const head = new ListingHead()
  const two = head.first(2)
  const three = head.first(3)
  head.add(entry('a'))
  head.add(entry('b'))

  expect((await two)?.map(({ name }) => name)).toEqual(['a', 'b'])
  expect((await head.first(1))?.map(({ name }) => name)).toEqual(['a'])
  head.end()
  expect(await three).toBeUndefined()
})

test('when all have arrived the listing itself is asked', async () => {
  const head = new ListingHead()
  head.add(entry('a'))
  head.end()

  expect(await head.first(1)).toBeUndefined()
})

test('no more than a page is kept', async () => {
  const head = new ListingHead()
  for (let number = 0; number < 2000; number++) head.add(entry(String(number)))

  expect(await head.first(5000)).toHaveLength(1000)
})
