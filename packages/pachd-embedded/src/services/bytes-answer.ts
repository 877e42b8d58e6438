/** Answers that are nothing but bytes: their wire form is made in front of the bytes, which are not copied. */
import { BytesValue } from '@jupyterlab-pachyderm/pachd-proto'

import { HEADROOM_BYTES } from '../chunks/pack-files.js'

const wireForms = new WeakMap<BytesValue, Buffer>()

/** The answer that holds bytes which were read from a pack file, whose headroom it uses. */
export function inPlace(value: Buffer): BytesValue {
  const message = { value }
  const length: number[] = []
  for (let rest = value.length; ; rest >>>= 7) {
    if (rest < 0x80) {
      length.push(rest)
      break
    }
    length.push((rest & 0x7f) | 0x80)
  }
  // Field 1, length-delimited.
  const header = Buffer.from([0x0a, ...length])
  if (header.length > HEADROOM_BYTES || value.byteOffset < header.length || value.length === 0) return message
  const wire = Buffer.from(value.buffer, value.byteOffset - header.length, header.length + value.length)
  header.copy(wire)
  wireForms.set(message, wire)
  return message
}

/** The wire form of an answer. */
export function serializeBytes(message: BytesValue): Buffer {
  const wire = wireForms.get(message)
  if (wire) return wire
  const encoded = BytesValue.encode(message).finish()
  return Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength)
}
