import { expect, test } from 'vitest'

import { nothingSelected, select, selectAll, selectForMenu, type ListSelection } from './list-selection.js'

const keys = ['a', 'b', 'c', 'd']
const chosen = (selection: ListSelection) => [...selection.keys].sort().join('')

test('a plain choice is the only one', () => {
  const both = select(select(nothingSelected, keys, 'a'), keys, 'c')

  expect([chosen(both), both.active]).toEqual(['c', 'c'])
})

test('a range goes from where it began, in both directions', () => {
  const begun = select(nothingSelected, keys, 'b')
  const down = select(begun, keys, 'd', 'extend')

  expect(chosen(down)).toBe('bcd')
  expect(chosen(select(down, keys, 'a', 'extend'))).toBe('ab')
})

test('a range whose beginning is gone from the list begins anew', () => {
  const gone = select(select(nothingSelected, keys, 'b'), ['a', 'c'], 'c', 'extend')

  expect(chosen(gone)).toBe('c')
})

test('one more is added, and taken away again', () => {
  const two = select(select(nothingSelected, keys, 'a'), keys, 'd', 'toggle')

  expect(chosen(two)).toBe('ad')
  expect(chosen(select(two, keys, 'a', 'toggle'))).toBe('d')
})

test('all are chosen, and the active row stays', () => {
  const all = selectAll(select(nothingSelected, keys, 'c'), keys)

  expect([chosen(all), all.active]).toEqual(['abcd', 'c'])
})

test('a menu acts on all that are chosen when it is opened on one of them, else on that row', () => {
  const two = select(select(nothingSelected, keys, 'a'), keys, 'b', 'extend')

  expect(chosen(selectForMenu(two, keys, 'b'))).toBe('ab')
  expect(chosen(selectForMenu(two, keys, 'd'))).toBe('d')
})
