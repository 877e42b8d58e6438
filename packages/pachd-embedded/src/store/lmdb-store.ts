/** A store in one lmdb file: memory-mapped, copy on write, written outside of the main thread. */
import { ABORT, open } from 'lmdb'
import type { Database } from 'lmdb'

import { limitMappedPages } from './mapped-pages.js'
import type { Bytes, Range, Row, Store, WritableRows } from './store.js'

type BinaryDatabase = Database<Buffer, Buffer>

const asBuffer = (bytes: Bytes): Buffer => (Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))

/** So many rows are read at once, so that no cursor stays open while the caller looks at them. */
const ROWS_AT_ONCE = 256

/** Address space for the file to grow in without being mapped anew; it takes no memory and no disk. */
const MAP_BYTES = 2 ** 38

/** Mapped files may take about this much memory, of which Node's own program is some 50 MB. */
const MAPPED_LIMIT_BYTES = 80e6

const justAfter = (key: Buffer): Buffer => Buffer.concat([key, Buffer.from([0])])

function readBatch(db: BinaryDatabase, start: Buffer, end: Buffer, reverse: boolean, limit: number): Row[] {
  // lmdb takes the start of a reverse scan as included and its end as excluded; ours are the other way round.
  const range = reverse ? { start: end, end: start, reverse, limit: limit + 1 } : { start, end, limit }
  const rows: Row[] = []
  for (const key of db.getKeys(range)) {
    if (reverse && Buffer.compare(key, end) >= 0) continue
    if (rows.length === limit) break
    const value = db.getBinary(key)
    if (value) rows.push({ key, value })
  }
  const first = reverse && rows.length < limit ? db.getBinary(start) : undefined
  if (first && (rows.length === 0 || Buffer.compare(asBuffer(rows.at(-1)?.key ?? start), start) !== 0)) rows.push({ key: start, value: first })
  return rows
}

function* scan(opened: () => BinaryDatabase, { start, end, reverse = false, limit = Infinity }: Range): Generator<Row> {
  let [from, to, left] = [asBuffer(start), asBuffer(end), limit]
  while (left > 0) {
    const size = Math.min(left, ROWS_AT_ONCE)
    const rows = readBatch(opened(), from, to, reverse, size)
    yield* rows
    const last = rows.at(-1)
    if (!last || rows.length < size) return
    left -= rows.length
    if (reverse) to = asBuffer(last.key)
    else from = justAfter(asBuffer(last.key))
  }
}

/** lmdb ends a look some time after it in a timer, which must not find the file closed. */
async function closeQuietly(db: BinaryDatabase): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, 5))
  await db.close()
}

/**
 * Opens the store in a file, and makes it when it is missing.
 * The caller sees to it that one process at a time has it open.
 */
export function openLmdbStore(path: string): Store {
  const db = open<Buffer, Buffer>({ path, noSubdir: true, encoding: 'binary', keyEncoding: 'binary', maxReaders: 512, mapSize: MAP_BYTES })
  const pages = limitMappedPages(path, MAPPED_LIMIT_BYTES)
  let closed: Promise<void> | undefined
  // lmdb does not survive a look into a file that is no longer mapped.
  const opened = (): BinaryDatabase => {
    if (closed) throw new Error('the store is closed')
    pages.looked()
    return db
  }
  const rows: WritableRows = {
    get: key => opened().getBinary(asBuffer(key)),
    range: range => scan(opened, range),
    put(key, value) {
      void db.put(asBuffer(key), asBuffer(value))
    },
    remove(key) {
      void db.remove(asBuffer(key))
    },
  }
  return {
    rows,
    async write(work) {
      const result = await opened().childTransaction(() => work(rows))
      pages.check()
      return result
    },
    async tryOut(work) {
      const outcome: { result?: { value: ReturnType<typeof work> } } = {}
      await opened().childTransaction(() => {
        outcome.result = { value: work(rows) }
        return ABORT
      })
      if (!outcome.result) throw new Error('the transaction did not run')
      return outcome.result.value
    },
    async durable() {
      await opened().flushed
    },
    close() {
      pages.stop()
      return (closed ??= closeQuietly(db))
    },
  }
}
