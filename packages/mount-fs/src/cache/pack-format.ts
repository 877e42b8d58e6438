/**
 * The one format of the files in the cache: a table of contents and then the contents. A block of a large file is a pack
 * with one content; small files are packed together. What is read is compared with its checksum, and with the key that
 * it was asked for by, so that a file that was cut, damaged or put there by somebody else is noticed.
 */
import { crc32 } from 'node:zlib'

/** Length of the keys that contents are kept under, in bytes. */
export const KEY_BYTES = 32

/** One content that goes into a pack. */
export interface PackContent {
  readonly key: Buffer
  readonly bytes: Uint8Array
}

/** Where a content lies in its pack. */
export interface PackEntry {
  readonly key: Buffer
  /** From the start of the pack, in bytes. */
  readonly offset: number
  readonly length: number
  readonly checksum: number
}

const MAGIC = Buffer.from('JPFSPAK1')
/** Length of what stands before the table, in bytes. */
export const PREAMBLE_BYTES = MAGIC.byteLength + 8
const ROW_BYTES = KEY_BYTES + 12
const MAX_ENTRIES = 100_000

/** The length of the table for `count` contents, with the preamble, in bytes. */
export function headLength(count: number): number {
  return PREAMBLE_BYTES + count * ROW_BYTES
}

/** The preamble and table of a pack with these contents, in this order. */
export function packHead(contents: readonly PackContent[]): { readonly head: Buffer; readonly entries: PackEntry[] } {
  const head = Buffer.alloc(headLength(contents.length))
  let offset = head.byteLength
  const entries = contents.map(({ key, bytes }, index) => {
    const length = bytes.byteLength
    const checksum = crc32(bytes)
    const row = PREAMBLE_BYTES + index * ROW_BYTES
    key.copy(head, row)
    head.writeUInt32LE(offset, row + KEY_BYTES)
    head.writeUInt32LE(length, row + KEY_BYTES + 4)
    head.writeUInt32LE(checksum, row + KEY_BYTES + 8)
    const entry = { key, offset, length, checksum }
    offset += length
    return entry
  })
  MAGIC.copy(head)
  head.writeUInt32LE(contents.length, MAGIC.byteLength)
  head.writeUInt32LE(crc32(head.subarray(PREAMBLE_BYTES)), MAGIC.byteLength + 4)
  return { head, entries }
}

/** How many contents a pack says it has, by its first PREAMBLE_BYTES; undefined when it is no pack. */
export function contentCount(preamble: Buffer): number | undefined {
  if (preamble.byteLength < PREAMBLE_BYTES || !preamble.subarray(0, MAGIC.byteLength).equals(MAGIC)) return undefined
  const count = preamble.readUInt32LE(MAGIC.byteLength)
  return count > 0 && count <= MAX_ENTRIES ? count : undefined
}

/** The table of a pack, from its preamble and rows; undefined when they are damaged. */
export function packEntries(head: Buffer): PackEntry[] | undefined {
  const count = contentCount(head)
  if (count === undefined || head.byteLength < headLength(count)) return undefined
  const rows = head.subarray(PREAMBLE_BYTES, headLength(count))
  if (crc32(rows) !== head.readUInt32LE(MAGIC.byteLength + 4)) return undefined
  return Array.from({ length: count }, (_, index) => {
    const row = index * ROW_BYTES
    return {
      key: rows.subarray(row, row + KEY_BYTES),
      offset: rows.readUInt32LE(row + KEY_BYTES),
      length: rows.readUInt32LE(row + KEY_BYTES + 4),
      checksum: rows.readUInt32LE(row + KEY_BYTES + 8),
    }
  })
}

/** Whether `bytes` are the content that the entry describes. */
export function isIntact({ length, checksum }: Pick<PackEntry, 'length' | 'checksum'>, bytes: Uint8Array): boolean {
  return bytes.byteLength === length && crc32(bytes) === checksum
}
