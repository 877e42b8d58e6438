/** A store in memory, for tests: a sorted list of keys and a map. */
import type { Bytes, Range, Row, Store, WritableRows } from './store.js'

const name = (key: Bytes): string => Buffer.from(key).toString('latin1')
const bytes = (key: string): Buffer => Buffer.from(key, 'latin1')

/** Makes an empty store that is gone with the process. */
export function createMemoryStore(): Store {
  const values = new Map<string, Bytes>()
  let sorted: string[] | undefined
  let undo: (() => void)[] = []

  function set(key: string, value: Bytes | undefined): void {
    const before = values.get(key)
    undo.push(() => {
      if (before === undefined) values.delete(key)
      else values.set(key, before)
    })
    if (value === undefined) values.delete(key)
    else values.set(key, value)
    sorted = undefined
  }

  function scan({ start, end, reverse, limit }: Range): Row[] {
    sorted ??= [...values.keys()].sort((a, b) => (a < b ? -1 : 1))
    const [from, to] = [name(start), name(end)]
    const found = sorted.filter(key => key >= from && key < to)
    if (reverse) found.reverse()
    return found.slice(0, limit).flatMap(key => {
      const value = values.get(key)
      return value ? [{ key: bytes(key), value }] : []
    })
  }

  const rows: WritableRows = {
    get: key => values.get(name(key)),
    range: scan,
    put: (key, value) => set(name(key), Uint8Array.from(value)),
    remove: key => set(name(key), undefined),
  }

  function takeBack(): void {
    for (const step of undo.reverse()) step()
    sorted = undefined
  }

  let last: Promise<unknown> = Promise.resolve()
  function run<T>(work: (rows: WritableRows) => T, keep: boolean): Promise<T> {
    const result = last.then(() => {
      undo = []
      try {
        const value = work(rows)
        if (!keep) takeBack()
        return value
      } catch (error) {
        takeBack()
        throw error
      }
    })
    last = result.catch(() => undefined)
    return result
  }

  return {
    rows,
    write: work => run(work, true),
    tryOut: work => run(work, false),
    durable: () => Promise.resolve(),
    close: () => Promise.resolve(),
  }
}
