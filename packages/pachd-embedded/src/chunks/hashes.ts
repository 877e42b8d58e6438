/** The hashes of content: BLAKE2b-256 as pachd uses it, SHA-256 for large chunks, CRC-32 for reading back. */
import { createHash, webcrypto } from 'node:crypto'
import { crc32 as zlibCrc32 } from 'node:zlib'

import { createBLAKE2b } from 'hash-wasm'

const blake2b = await createBLAKE2b(256)

/** How long every hash of content is, in bytes. */
export const HASH_BYTES = 32

/** BLAKE2b-256 over the concatenation of `parts`. */
export function blake2b256(...parts: readonly Uint8Array[]): Buffer {
  blake2b.init()
  for (const part of parts) blake2b.update(part)
  return Buffer.from(blake2b.digest('binary'))
}

/** SHA-256 of a short piece of bytes, on the calling thread. */
export const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

/** SHA-256 of a large piece of bytes, in the thread pool. */
export const sha256InThread = async (bytes: Uint8Array): Promise<Buffer> => Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))

/** CRC-32 over the concatenation of `parts`: cheap enough to check every read. */
export function crc32(...parts: readonly Uint8Array[]): number {
  let sum = 0
  for (const part of parts) sum = zlibCrc32(part, sum)
  return sum
}
