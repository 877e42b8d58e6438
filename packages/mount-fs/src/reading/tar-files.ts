/** The files inside a tar stream of pachd, one after the other. */

const BLOCK = 512
const text = new TextDecoder()

/** A regular file of an archive, while it arrives. */
export interface TarEntry {
  readonly path: string
  readonly sizeBytes: number
  /** The content in pieces. What is not taken before the next entry is passed over. */
  readonly pieces: () => AsyncGenerator<Uint8Array, void, undefined>
}

/** Names and other headers that are longer than this are no archive's. */
const MAX_HEADER_BYTES = 1024 * 1024

/** Digits in front of a record of an extended header. */
const MAX_LENGTH_DIGITS = 10

/** The whole content of an entry, in memory of its own. */
export async function contentOf({ sizeBytes, pieces }: TarEntry): Promise<Uint8Array> {
  const content = Buffer.allocUnsafeSlow(sizeBytes)
  let position = 0
  for await (const piece of pieces()) {
    content.set(piece, position)
    position += piece.byteLength
  }
  return content
}

/**
 * The regular files of a USTAR, PAX or GNU archive that arrives in pieces, in order. Directories are passed over. Throws
 * RangeError when the archive is cut off or not an archive.
 */
export async function* tarEntries(archive: AsyncIterable<{ value: Uint8Array }>): AsyncGenerator<TarEntry, void, undefined> {
  const input = new PieceReader(archive)
  let longName: string | undefined
  let longSize: number | undefined
  for (;;) {
    const header = await input.take(BLOCK)
    if (!header || header.every(byte => byte === 0)) return
    const kind = String.fromCharCode(header[156] ?? 0)
    const sizeBytes = longSize ?? numberField(header.subarray(124, 136))
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) throw new RangeError('the archive has a file without a size')
    let left = sizeBytes
    const pieces = async function* () {
      while (left > 0) {
        const piece = await input.next(left)
        if (!piece) throw new RangeError('the archive ends in the middle of a file')
        left -= piece.byteLength
        yield piece
      }
    }
    if (kind === 'L' || kind === 'x') {
      const content = sizeBytes <= MAX_HEADER_BYTES ? await input.take(sizeBytes) : undefined
      if (!content) throw new RangeError('the archive has a broken extended header')
      left = 0
      if (kind === 'L') longName = textField(content)
      else ({ path: longName, size: longSize } = paxRecords(content))
    } else {
      if (kind === '0' || kind === '\0') yield { path: absolute(longName ?? ustarName(header)), sizeBytes, pieces }
      longName = longSize = undefined
    }
    await passOver(pieces())
    const padding = (BLOCK - (sizeBytes % BLOCK)) % BLOCK
    if (padding > 0 && !(await input.take(padding))) throw new RangeError('the archive ends in the middle of a file')
  }
}

async function passOver(pieces: AsyncIterator<unknown>): Promise<void> {
  while (!(await pieces.next()).done);
}

function absolute(name: string): string {
  return name.startsWith('/') ? name : `/${name}`
}

function ustarName(header: Uint8Array): string {
  const name = textField(header.subarray(0, 100))
  const isUstar = text.decode(header.subarray(257, 262)) === 'ustar'
  const prefix = isUstar ? textField(header.subarray(345, 500)) : ''
  return prefix === '' ? name : `${prefix}/${name}`
}

function textField(field: Uint8Array): string {
  const end = field.indexOf(0)
  return text.decode(end < 0 ? field : field.subarray(0, end))
}

/** Octal digits, or, when the first bit is set, a big-endian binary number. */
function numberField(field: Uint8Array): number {
  if ((field[0] ?? 0) < 0x80) return Number.parseInt(textField(field).trim() || '0', 8)
  return field.subarray(1).reduce((sum, byte) => sum * 256 + byte, 0)
}

function paxRecords(content: Uint8Array): { path: string | undefined; size: number | undefined } {
  let path: string | undefined
  let size: number | undefined
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at)
    // Leading zeros without end would be read again at each step of a short record.
    const digits = space - at
    const length = digits >= 0 && digits <= MAX_LENGTH_DIGITS ? Number(text.decode(content.subarray(at, space))) : Number.NaN
    if (!(length > 0)) throw new RangeError('the archive has a broken extended header')
    const record = text.decode(content.subarray(space + 1, at + length - 1))
    if (record.startsWith('path=')) path = record.slice(5)
    if (record.startsWith('size=')) size = Number(record.slice(5))
    at += length
  }
  return { path, size }
}

/** Cuts arriving pieces to wanted lengths. */
class PieceReader {
  readonly #pieces: AsyncIterator<{ value: Uint8Array }>
  #rest: Uint8Array = new Uint8Array(0)

  constructor(pieces: AsyncIterable<{ value: Uint8Array }>) {
    this.#pieces = pieces[Symbol.asyncIterator]()
  }

  /** Some bytes, `max` at most; undefined when the stream has ended. */
  async next(max: number): Promise<Uint8Array | undefined> {
    while (this.#rest.length === 0) {
      const next = await this.#pieces.next()
      if (next.done) return undefined
      this.#rest = next.value.value
    }
    return this.#cut(Math.min(max, this.#rest.length))
  }

  /** The next `length` bytes; undefined when the stream ends before. */
  async take(length: number): Promise<Uint8Array | undefined> {
    if (this.#rest.length >= length) return this.#cut(length)
    const parts = [this.#rest]
    let have = this.#rest.length
    while (have < length) {
      const next = await this.#pieces.next()
      if (next.done) return undefined
      parts.push(next.value.value)
      have += next.value.value.length
    }
    this.#rest = parts.length === 2 && parts[0]?.length === 0 && parts[1] ? parts[1] : Buffer.concat(parts, have)
    return this.#cut(length)
  }

  #cut(length: number): Uint8Array {
    const taken = this.#rest.subarray(0, length)
    this.#rest = this.#rest.subarray(length)
    return taken
  }
}
