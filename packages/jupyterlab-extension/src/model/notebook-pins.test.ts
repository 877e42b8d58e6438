import { expect, test } from 'vitest'

import { mountEntry } from '../../tests/scripted-mount-server.js'
import { mountSpecOfPin, pinsMetadata, pinsOf, pinsOfMounts, placeOf } from './notebook-pins.js'

const COMMIT = '0123456789abcdef'.repeat(2)
const pin = { name: 'shop', project: 'retail', repo: 'sales', branch: 'dev', commit: COMMIT }

test('what is remembered is read again, and says in which form it stands there', () => {
  expect(pinsMetadata([pin])).toEqual({ version: 'v1.0.0', mounts: [{ ...pin, mode: 'ro' }] })
  expect(pinsOf(JSON.parse(JSON.stringify(pinsMetadata([pin]))))).toEqual([pin])
})

test('a notebook of anybody is read with care', () => {
  const wrong = [{ ...pin, name: '../etc' }, { ...pin, name: 'a', commit: 'master' }, { ...pin, name: '' }, { ...pin, repo: 3 }, 'x', null]

  expect(pinsOf({ version: 'v1.2.0', mounts: [...wrong, { ...pin, branch: undefined, project: undefined }, { ...pin, branch: '' }] })).toEqual([{ ...pin, branch: '' }])
  for (const value of [undefined, null, 'v1', [], { version: 'v2.0.0', mounts: [pin] }, { mounts: [pin] }, { version: 'v1.0.0', mounts: pin }]) expect(pinsOf(value)).toEqual([])
})

test('whole commits that are only read can be remembered', () => {
  const mounts = [
    mountEntry({ name: 'shop', project: 'retail', repo: 'sales', branch: 'dev', commit: COMMIT }),
    mountEntry({ name: 'out', mode: 'rw' }),
    mountEntry({ name: 'empty', commit: '' }),
    mountEntry({ name: 'datum', paths: ['/a'] }),
  ]

  expect(pinsOfMounts(mounts)).toEqual([pin])
})

test('what is mounted in the place of a pin is told apart', () => {
  const shown = { name: 'shop', project: 'retail', repo: 'sales', commit: COMMIT }

  expect(placeOf(pin, [])).toBe('free')
  expect(placeOf(pin, [mountEntry(shown)])).toBe('mounted')
  expect(placeOf(pin, [mountEntry({ ...shown, commit: 'f'.repeat(32) })])).toBe('other')
  expect(placeOf(pin, [mountEntry({ ...shown, project: 'default' })])).toBe('other')
  expect(placeOf(pin, [mountEntry({ ...shown, mode: 'rw' })])).toBe('writable')
})

test('it is mounted under its name, to read', () => {
  expect(mountSpecOfPin(pin)).toEqual({ ...pin, mode: 'ro' })
  expect(mountSpecOfPin({ ...pin, branch: '' })).not.toHaveProperty('branch')
})
