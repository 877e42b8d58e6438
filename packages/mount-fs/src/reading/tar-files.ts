/** The files inside a tar stream of pachd, one after the other. */

/** One regular file of an archive. */
export interface TarFile {
  /** Absolute path in the commit. */
  readonly path: string
  readonly bytes: Uint8Array
}

const BLOCK = 512
const text = new TextDecoder()

/**
 * The regular files of a USTAR, PAX or GNU archive that arrives in pieces, whole and in order. Directories are passed
 * over. Memory: the largest single file. Throws RangeError when the archive is cut off or not an archive.
 */
export async function* tarFiles(pieces: AsyncIterable<{ value: Uint8Array }>): AsyncGenerator<TarFile, void, undefined> {
  const input = new PieceReader(pieces)
  let longName: string | undefined
  let longSize: number | undefined
  for (;;) {
    const header = await input.take(BLOCK)
    if (!header || header.every(byte => byte === 0)) return
    const kind = String.fromCharCode(header[156] ?? 0)
    const size = longSize ?? numberField(header.subarray(124, 136))
    const content = await input.take(size)
    const padding = (BLOCK - (size % BLOCK)) % BLOCK
    if (!content || (padding > 0 && !(await input.take(padding)))) throw new RangeError('the archive ends in the middle of a file')
    if (kind === 'L') longName = textField(content)
    else if (kind === 'x') ({ path: longName, size: longSize } = paxRecords(content))
    else {
      if (kind === '0' || kind === '\0') yield { path: absolute(longName ?? ustarName(header)), bytes: content }
      longName = longSize = undefined
    }
  }
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
    const length = Number(text.decode(content.subarray(at, space)))
    if (space < 0 || !(length > 0)) throw new RangeError('the archive has a broken extended header')
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
