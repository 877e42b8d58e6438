/** Cuts a transfer into the blocks that are kept. */
import { BLOCK_BYTES } from '../cache/disk-cache.js'

/** More pieces than this are joined before they are kept. */
const MAX_PARTS = 64

/** Passes the pieces on, and hands each block over when all of it has come by: those at the ends of the transfer may not. */
export async function* cutIntoBlocks(pieces: AsyncIterable<Uint8Array>, offset: number, sizeBytes: number, keep: (index: number, pieces: readonly Uint8Array[]) => void): AsyncGenerator<Uint8Array, void, undefined> {
  let position = offset
  let index = Math.ceil(offset / BLOCK_BYTES)
  let parts: Uint8Array[] = []
  for await (const piece of pieces) {
    const pieceEnd = position + piece.byteLength
    for (let blockEnd = end(index, sizeBytes); ; blockEnd = end(index, sizeBytes)) {
      const start = index * BLOCK_BYTES
      const part = piece.subarray(Math.max(0, start - position), Math.max(0, blockEnd - position))
      if (part.byteLength > 0) parts.push(part)
      if (pieceEnd < blockEnd || start >= sizeBytes) break
      keep(index, parts.length > MAX_PARTS ? [Buffer.concat(parts)] : parts)
      parts = []
      index++
    }
    position = pieceEnd
    yield piece
  }
}

function end(index: number, sizeBytes: number): number {
  return Math.min((index + 1) * BLOCK_BYTES, sizeBytes)
}
