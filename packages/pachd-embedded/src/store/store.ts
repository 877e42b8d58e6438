/** The ordered rows that everything else is kept in: what a store promises, whatever it is made of. */

/** A key or a value. Keys are ordered byte by byte, and are 1 to 1,900 bytes long. */
export type Bytes = Uint8Array

/** Which rows a scan visits: from `start` (included) to `end` (excluded). */
export interface Range {
  readonly start: Bytes
  readonly end: Bytes
  /** From the last row to the first. */
  readonly reverse?: boolean
  readonly limit?: number
}

/** One row of a scan. */
export interface Row {
  readonly key: Bytes
  readonly value: Bytes
}

/** A look at the rows. What it returns stays valid after the look; a scan that goes on after a write sees some rows as they were before it. */
export interface Rows {
  get(key: Bytes): Bytes | undefined
  range(range: Range): Iterable<Row>
}

/** A look at the rows that may change them. */
export interface WritableRows extends Rows {
  put(key: Bytes, value: Bytes): void
  remove(key: Bytes): void
}

/**
 * Ordered rows with transactions.
 *
 * `rows` shows the newest committed state; between two awaits it does not change.
 * Writes run one after the other, each all or nothing: a callback that throws leaves no trace, and its error is the caller's.
 */
export interface Store {
  readonly rows: Rows
  /** Runs `work` alone, and resolves with its result once the change is visible to all. `work` must not await. */
  write<T>(work: (rows: WritableRows) => T): Promise<T>
  /** Runs `work` as `write` does and takes all its changes back. */
  tryOut<T>(work: (rows: WritableRows) => T): Promise<T>
  /** Resolves when every write that has resolved so far survives a power cut. */
  durable(): Promise<void>
  /** Closes the store after the writes that are under way. Closing twice is fine. */
  close(): Promise<void>
}
