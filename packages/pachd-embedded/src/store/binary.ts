/** Reading and writing the compact byte form of rows: varints, strings and fixed blocks. */

/** Appends values to a growing buffer. */
export class ByteWriter {
  private buffer: Buffer
  private length = 0

  constructor(initialBytes = 1024) {
    this.buffer = Buffer.allocUnsafe(initialBytes)
  }

  /** How many bytes were written so far. */
  get size(): number {
    return this.length
  }

  private reserve(bytes: number): void {
    if (this.length + bytes <= this.buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.length + bytes))
    this.buffer.copy(larger, 0, 0, this.length)
    this.buffer = larger
  }

  /** A whole number from 0 to 2^53 - 1, in 1 to 8 bytes. */
  varint(value: number): this {
    this.reserve(8)
    let rest = value
    while (rest >= 0x80) {
      this.buffer[this.length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.buffer[this.length++] = rest
    return this
  }

  /** Bytes without their length. */
  raw(bytes: Uint8Array): this {
    this.reserve(bytes.length)
    this.buffer.set(bytes, this.length)
    this.length += bytes.length
    return this
  }

  /** A string with its length in front. */
  text(value: string): this {
    const bytes = Buffer.byteLength(value)
    this.varint(bytes)
    this.reserve(bytes)
    this.buffer.write(value, this.length)
    this.length += bytes
    return this
  }

  /** What was written; later writes do not change it. */
  finish(): Buffer {
    return Buffer.from(this.buffer.subarray(0, this.length))
  }
}

/** Takes values from a buffer in the order in which they were written. Throws RangeError at the end of it. */
export class ByteReader {
  private at = 0
  private readonly bytes: Buffer

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get done(): boolean {
    return this.at >= this.bytes.length
  }

  varint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.bytes[this.at++]
      if (byte === undefined) throw new RangeError('a stored row ends too early')
      value += (byte & 0x7f) * scale
      if (byte < 0x80) return value
    }
  }

  raw(length: number): Buffer {
    if (this.at + length > this.bytes.length) throw new RangeError('a stored row ends too early')
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  text(): string {
    const length = this.varint()
    const start = this.at
    if (start + length > this.bytes.length) throw new RangeError('a stored row ends too early')
    this.at += length
    return this.bytes.toString('utf8', start, this.at)
  }
}
