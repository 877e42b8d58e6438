/** Cuts a transfer into the blocks that are kept. */
import { BLOCK_BYTES, BLOCK_START } from '../cache/disk-cache.js'

/** Where blocks go. */
export interface BlockKeeper {
  /** A buffer to collect a block in, from BLOCK_START on; undefined when too many are under way: the block is not kept then. */
  lend(): Buffer | undefined
  /** Keeps a block, and takes the buffer back. */
  keep(index: number, buffer: Buffer, length: number): void
  /** Takes back a buffer whose block did not become whole. */
  giveBack(buffer: Buffer): void
}

/** Passes the pieces on, and keeps a copy of each block that comes by as a whole: those at the ends of the transfer may not. */
export async function* cutIntoBlocks(pieces: AsyncIterable<Uint8Array>, offset: number, sizeBytes: number, keeper: BlockKeeper): AsyncGenerator<Uint8Array, void, undefined> {
  let position = offset
  let index = Math.ceil(offset / BLOCK_BYTES)
  let buffer: Buffer | undefined
  try {
    for await (const piece of pieces) {
      const pieceEnd = position + piece.byteLength
      for (let start = index * BLOCK_BYTES; start < Math.min(pieceEnd, sizeBytes); start = index * BLOCK_BYTES) {
        const end = Math.min(start + BLOCK_BYTES, sizeBytes)
        if (position <= start) buffer = keeper.lend()
        buffer?.set(piece.subarray(Math.max(0, start - position), end - position), BLOCK_START + Math.max(0, position - start))
        if (pieceEnd < end) break
        if (buffer) keeper.keep(index, buffer, end - start)
        buffer = undefined
        index++
      }
      position = pieceEnd
      yield piece
    }
  } finally {
    if (buffer) keeper.giveBack(buffer)
  }
}
