/** What a caller may say about one call. */

/** Options of one call. */
export interface CallOptions {
  /** Cancels the call: it rejects with PachdError CANCELLED, and pachd stops working on it. */
  readonly signal?: AbortSignal | undefined
  /** Longest time for the whole call in milliseconds. Unary calls: 30 s when left out. Streams: no limit. */
  readonly timeoutMs?: number | undefined
  /** Id of the transaction that the call becomes part of. */
  readonly transaction?: string | undefined
}
