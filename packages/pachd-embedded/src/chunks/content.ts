/** What a file holds, as a value: its size and its hash, which lead to its chunks. */
import type { ByteReader, ByteWriter } from '../store/binary.js'
import { HASH_BYTES, blake2b256 } from './hashes.js'

/** Content from this size on is cut into chunks of LARGE_CHUNK_BYTES; smaller content is one chunk. */
export const LARGE_CONTENT_BYTES = 1_000_000

/** The size of every chunk of large content but the last. */
export const LARGE_CHUNK_BYTES = 1024 * 1024

/**
 * The bytes of a file. Equal bytes have an equal hash, however they were written.
 *
 * Small content: `hash` is BLAKE2b-256 applied twice, and the key of its only chunk.
 * Large content: `hash` is the SHA-256 of the list of its chunk keys, and the key of that list, which is a chunk itself.
 */
export interface Content {
  readonly size: number
  readonly hash: Buffer
}

/** The content of an empty file; it has no chunk. */
export const EMPTY_CONTENT: Content = { size: 0, hash: blake2b256() }

export const isLarge = (content: Content): boolean => content.size >= LARGE_CONTENT_BYTES

/** Writes a content in its byte form. */
export function writeContent(writer: ByteWriter, content: Content): void {
  writer.varint(content.size)
  if (content.size > 0) writer.raw(content.hash)
}

/** Reads a content that `writeContent` wrote. */
export function readContent(reader: ByteReader): Content {
  const size = reader.varint()
  return size === 0 ? EMPTY_CONTENT : { size, hash: Buffer.from(reader.raw(HASH_BYTES)) }
}
