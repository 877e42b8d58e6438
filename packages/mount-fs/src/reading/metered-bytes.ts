/** Bytes on their way, counted. */

/** Who counts the bytes of one transfer. */
export interface FetchMeter {
  /** More bytes have come. */
  readonly add: (bytes: number) => void
  /** The transfer has ended, well or not. */
  readonly end: () => void
}

/** The same bytes, told to `meter`. */
export async function* metered(bytes: AsyncIterable<Uint8Array>, meter: FetchMeter): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const piece of bytes) {
      meter.add(piece.byteLength)
      yield piece
    }
  } finally {
    meter.end()
  }
}
