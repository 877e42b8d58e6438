/** The hashes of content: BLAKE2b-256 as pachd uses it, SHA-256 for large chunks, XXH3 for reading back. */
import { createHash, webcrypto } from 'node:crypto'

import { createBLAKE2b, createXXHash3 } from 'hash-wasm'

const blake2b = await createBLAKE2b(256)
const xxh3 = await createXXHash3()

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

/** 48 bits of XXH3 over the concatenation of `parts`: cheap enough to check every read. */
export function checksum(...parts: readonly Uint8Array[]): number {
  xxh3.init()
  for (const part of parts) xxh3.update(part)
  return Buffer.from(xxh3.digest('binary')).readUIntBE(0, 6)
}
