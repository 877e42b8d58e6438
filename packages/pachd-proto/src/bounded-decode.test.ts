import { expect, test } from 'vitest'

import { decodeBounded } from './bounded-decode.js'
import { pfs, transaction } from './index.js'

test('a message is decoded as it is without bounds', () => {
  const message = pfs.File.fromPartial({ path: '/a', commit: { id: 'x', repo: { name: 'r' } } })

  expect(decodeBounded(pfs.File, pfs.File.encode(message).finish())).toEqual(message)
})

test('a message of countless empty parts is refused', () => {
  const bytes = Buffer.alloc(4_000_000)
  for (let at = 0; at < bytes.length; at += 2) bytes[at] = 0x0a

  expect(() => decodeBounded(transaction.BatchTransactionRequest, bytes)).toThrow('too many parts')
})

test('a message that nests without end is refused', () => {
  const deep = Array.from({ length: 100 }).reduce<pfs.CommitPicker>(start => ({ picker: { $case: 'ancestor', ancestor: { offset: 1, start } } }), { picker: undefined })

  expect(() => decodeBounded(pfs.CommitPicker, pfs.CommitPicker.encode(deep).finish())).toThrow('recursion')
})
