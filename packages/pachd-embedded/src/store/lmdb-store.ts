/** A store in one lmdb file: memory-mapped, copy on write, written outside of the main thread. */
import { ABORT, open } from 'lmdb'
import type { Database } from 'lmdb'

import type { Bytes, Range, Store, WritableRows } from './store.js'

type BinaryDatabase = Database<Buffer, Buffer>

const asBuffer = (bytes: Bytes): Buffer => (Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))

function* scan(db: BinaryDatabase, { start, end, reverse, limit }: Range): Generator<{ key: Buffer; value: Buffer }> {
  if (!reverse) {
    yield* db.getRange({ start: asBuffer(start), end: asBuffer(end), ...(limit !== undefined && { limit }) })
    return
  }
  let left = limit ?? Infinity
  // lmdb takes the start of a reverse scan as included, ours is excluded.
  for (const row of db.getRange({ start: asBuffer(end), end: asBuffer(start), reverse: true })) {
    if (Buffer.compare(row.key, asBuffer(end)) === 0) continue
    if (left-- <= 0) return
    yield row
  }
  const first = left > 0 ? db.getBinary(asBuffer(start)) : undefined
  if (first) yield { key: asBuffer(start), value: first }
}

/**
 * Opens the store in a file, and makes it when it is missing.
 * The caller sees to it that one process at a time has it open.
 */
export function openLmdbStore(path: string): Store {
  const db = open<Buffer, Buffer>({ path, noSubdir: true, encoding: 'binary', keyEncoding: 'binary', maxReaders: 512 })
  let closed: Promise<void> | undefined
  const rows: WritableRows = {
    get: key => db.getBinary(asBuffer(key)),
    range: range => scan(db, range),
    put(key, value) {
      void db.put(asBuffer(key), asBuffer(value))
    },
    remove(key) {
      void db.remove(asBuffer(key))
    },
  }
  return {
    rows,
    write: work => db.childTransaction(() => work(rows)),
    async tryOut(work) {
      const outcome: { result?: { value: ReturnType<typeof work> } } = {}
      await db.childTransaction(() => {
        outcome.result = { value: work(rows) }
        return ABORT
      })
      if (!outcome.result) throw new Error('the transaction did not run')
      return outcome.result.value
    },
    async durable() {
      await db.flushed
    },
    close: () => (closed ??= db.close()),
  }
}
