import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import { openLmdbStore } from '../src/store/lmdb-store.js'
import { createMemoryStore } from '../src/store/memory-store.js'
import { storeContract } from './store.contract.js'

const temporaryFile = () => join(mkdtempSync(join(tmpdir(), 'pachd-store-')), 'rows.mdb')

storeContract('memory', createMemoryStore)
storeContract('lmdb', () => openLmdbStore(temporaryFile()))

test('rows of an lmdb store are there after it was closed and opened again', async () => {
  const path = temporaryFile()
  const first = openLmdbStore(path)
  await first.write(rows => rows.put(Buffer.from('k'), Buffer.from('v')))
  await first.close()

  const second = openLmdbStore(path)
  expect(Buffer.from(second.rows.get(Buffer.from('k')) ?? []).toString()).toBe('v')
  await second.close()
})

test('a closed lmdb store refuses to be read or written instead of ending the process', async () => {
  const store = openLmdbStore(temporaryFile())
  await store.close()

  expect(() => store.rows.get(Buffer.from('k'))).toThrow('closed')
  await expect(store.write(() => undefined)).rejects.toThrow('closed')
})
