/** What a caller may say about one call. */

/** Options of one call. */
export interface CallOptions {
  /** Cancels the call: it rejects with PachdError CANCELLED, and pachd stops working on it. */
  readonly signal?: AbortSignal | undefined
  /** Longest time for the whole call in milliseconds. Unary calls that read: 10 s when left out; others: 30 s. Streams: no limit. */
  readonly timeoutMs?: number | undefined
  /** Id of the transaction that the call becomes part of. */
  readonly transaction?: string | undefined
}
