/** The two engines under comparison, behind the few calls that the comparison needs. */
import { join } from 'node:path'

import Database from 'libsql'
import { open } from 'lmdb'

/** What the comparison asks of an engine; `insert` is durable when its promise resolves. */
export interface Engine {
  insert(rows: readonly (readonly [Buffer, Buffer])[]): Promise<void>
  get(key: Buffer): Buffer | undefined
  scan(from: Buffer, to: Buffer): number
  close(): Promise<void>
}

function lmdbEngine(folder: string): Engine {
  const db = open<Buffer, Buffer>({ path: join(folder, 'data.mdb'), encoding: 'binary', keyEncoding: 'binary' })
  return {
    async insert(rows) {
      await db.transaction(() => {
        for (const [key, value] of rows) void db.put(key, value)
      })
      await db.flushed
    },
    get: key => db.getBinary(key),
    scan(start, end) {
      let rows = 0
      for (const { value } of db.getRange({ start, end })) if (value.length > 0) rows++
      return rows
    },
    close: () => db.close(),
  }
}

interface Row {
  k: ArrayBuffer
  v: ArrayBuffer
}

function libsqlEngine(folder: string): Engine {
  const db = new Database(join(folder, 'data.sqlite'))
  db.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE IF NOT EXISTS kv (k BLOB PRIMARY KEY, v BLOB) WITHOUT ROWID')
  const insert = db.prepare('INSERT OR REPLACE INTO kv VALUES (?, ?)')
  const get = db.prepare('SELECT k, v FROM kv WHERE k = ?')
  const scan = db.prepare('SELECT k, v FROM kv WHERE k > ? AND k < ? ORDER BY k LIMIT 10000')
  return {
    insert(rows) {
      db.exec('BEGIN')
      for (const [key, value] of rows) insert.run(key, value)
      db.exec('COMMIT')
      return Promise.resolve()
    },
    get(key) {
      // In a list, because the driver takes a single object for named parameters (and panics).
      const [row] = get.all([key]) as Row[]
      return row && Buffer.from(row.v)
    },
    scan(start, end) {
      let rows = 0
      // Pages, so that no more than one is in memory.
      for (let after = start; ; ) {
        const page = scan.all(after, end) as Row[]
        rows += page.filter(row => row.v.byteLength > 0).length
        const last = page.at(-1)
        if (!last) return rows
        after = Buffer.from(last.k)
      }
    },
    close() {
      db.close()
      return Promise.resolve()
    },
  }
}

/** Opens an engine on a folder that exists. */
export const engines = { lmdb: lmdbEngine, libsql: libsqlEngine }
