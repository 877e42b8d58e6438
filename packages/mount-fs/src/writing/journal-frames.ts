/**
 * Records as bytes, and back. A record is its length in bytes and the CRC-32 of its text, both 32 bits and little-endian, and
 * then its text, which is a JSON array that begins with a word. So the next record can be found behind a damaged one: where
 * an array begins whose length and checksum stand in front of it.
 */
import { crc32 } from 'node:zlib'

const HEAD_BYTES = 8
/** How the text of every record begins. */
const START = Buffer.from('["')

/** The bytes of a record. */
export function framed(record: unknown): Buffer {
  const text = Buffer.from(JSON.stringify(record))
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUInt32LE(text.byteLength, 0)
  head.writeUInt32LE(crc32(text), 4)
  return Buffer.concat([head, text])
}

/** What a journal's bytes hold: the records that check out, where the last of them ends, and how many bytes are in none. */
export function readFrames(bytes: Buffer): { readonly records: unknown[]; readonly endBytes: number; readonly damagedBytes: number } {
  const records: unknown[] = []
  let [at, endBytes, recordBytes] = [0, 0, 0]
  while (at + HEAD_BYTES <= bytes.byteLength) {
    const text = textAt(bytes, at)
    const record = text && parsed(text)
    if (!text || record === undefined) {
      at = nextCandidate(bytes, at + 1)
      continue
    }
    records.push(record)
    at += HEAD_BYTES + text.byteLength
    endBytes = at
    recordBytes += HEAD_BYTES + text.byteLength
  }
  return { records, endBytes, damagedBytes: bytes.byteLength - recordBytes }
}

/** The text of the whole record at an offset; undefined where there is none that checks out. */
function textAt(bytes: Buffer, at: number): Buffer | undefined {
  const length = bytes.readUInt32LE(at)
  const end = at + HEAD_BYTES + length
  if (length === 0 || end > bytes.byteLength) return undefined
  const text = bytes.subarray(at + HEAD_BYTES, end)
  return crc32(text) === bytes.readUInt32LE(at + 4) ? text : undefined
}

function parsed(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString())
  } catch {
    return undefined
  }
}

/** The next offset at which a record may begin. */
function nextCandidate(bytes: Buffer, from: number): number {
  const start = bytes.indexOf(START, from + HEAD_BYTES)
  return start < 0 ? bytes.byteLength : start - HEAD_BYTES
}
