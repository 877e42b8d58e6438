/** Which user of this machine holds the other end of a loopback connection. */
import { readFile } from 'node:fs/promises'

import { findUsers, rowsOf, type TcpEnd } from './tcp-table.js'

const DIRECTORY = '/proc/self/net'
/** A connection that opens or closes during a pass over the table may be missing from it. */
const MAX_LOOKS = 3
/** The whole range of user ids: no user namespace hides one. */
const ALL_IDS = 4294967295

/** Answers who calls. Questions that come while a table is read share the next reading: there is one at a time. */
export class LocalUsers {
  #waiting: { readonly rows: readonly string[]; readonly answer: (uid: number | undefined) => void; readonly fail: (error: unknown) => void }[] = []
  #isReading = false
  #hiddenUid: Promise<number | undefined> | undefined

  /** The user id as this process sees it; undefined when the caller has gone or the kernel does not say. Rejects when the tables cannot be read. */
  async uidOf(caller: TcpEnd, server: TcpEnd): Promise<number | undefined> {
    const rows = rowsOf(caller, server)
    let before: number | undefined
    for (let look = 0; look < MAX_LOOKS; look++) {
      const uid = await this.#look(rows)
      // A socket that closes while its row is printed can show as user 0. Two rows in a row cannot.
      if (uid !== undefined && (uid !== 0 || before === 0)) return uid === (await (this.#hiddenUid ??= hiddenUid())) ? undefined : uid
      before = uid
    }
    return undefined
  }

  #look(rows: readonly string[]): Promise<number | undefined> {
    return new Promise((answer, fail) => {
      this.#waiting.push({ rows, answer, fail })
      if (!this.#isReading) void this.#read()
    })
  }

  async #read(): Promise<void> {
    this.#isReading = true
    while (this.#waiting.length > 0) {
      const asked = this.#waiting
      this.#waiting = []
      try {
        const users = await findUsers(new Set(asked.flatMap(({ rows }) => rows)), DIRECTORY)
        for (const { rows, answer } of asked) answer(rows.map(row => users.get(row)).find(uid => uid !== undefined))
      } catch (error) {
        for (const { fail } of asked) fail(error)
      }
    }
    this.#isReading = false
  }
}

/** The id under which a user namespace shows all users that it does not know; undefined where it knows all. */
async function hiddenUid(): Promise<number | undefined> {
  const [map, hidden] = await Promise.all(['/proc/self/uid_map', '/proc/sys/kernel/overflowuid'].map(path => readFile(path, 'utf8')))
  return Number(map?.trim().split(/\s+/)[2]) === ALL_IDS ? undefined : Number(hidden)
}
