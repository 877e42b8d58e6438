/** Archives in the tar format: headers with a name and a size, and nothing else set. */

const BLOCK_BYTES = 512
const NAME_BYTES = 100
const PREFIX_BYTES = 155
/** What eleven octal digits can say. */
const LARGEST_PLAIN_SIZE = 8 ** 11 - 1

function block(name: string, prefix: string, size: number, kind: string): Buffer {
  const header = Buffer.alloc(BLOCK_BYTES)
  header.write(name, 0)
  header.write('0000000\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${Math.min(size, LARGEST_PLAIN_SIZE).toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  header.write('        ', 148)
  header.write(kind, 156)
  header.write('ustar\x0000', 257)
  header.write(prefix, 345)
  let sum = 0
  for (const byte of header) sum += byte
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

/** One `length key=value` line, whose length counts itself. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`
  let length = Buffer.byteLength(rest)
  while (String(length).length + Buffer.byteLength(rest) !== length) length = String(length).length + Buffer.byteLength(rest)
  return `${length}${rest}`
}

function extended(path: string, size: number): Buffer {
  const records = record('path', path) + (size > LARGEST_PLAIN_SIZE ? record('size', String(size)) : '')
  const bytes = Buffer.from(records)
  return Buffer.concat([block('PaxHeaders.0/file', '', bytes.length, 'x'), bytes, tarPadding(bytes.length)])
}

/** Where a long name can be cut so that it fits into name and prefix. */
function cut(path: string): [name: string, prefix: string] | undefined {
  if (path.length <= NAME_BYTES) return [path, '']
  for (let slash = path.indexOf('/', Math.max(1, path.length - NAME_BYTES - 1)); slash > 0 && slash < path.length - 1; slash = path.indexOf('/', slash + 1)) {
    if (slash <= PREFIX_BYTES) return [path.slice(slash + 1), path.slice(0, slash)]
  }
  return undefined
}

/** The header of a file, or of a directory for a path with a slash at its end. */
export function tarHeader(path: string, size: number): Buffer {
  const kind = path.endsWith('/') ? '5' : '0'
  const plain = size <= LARGEST_PLAIN_SIZE ? cut(path) : undefined
  if (plain) return block(plain[0], plain[1], size, kind)
  return Buffer.concat([extended(path, size), block(path.slice(0, NAME_BYTES), '', size, kind)])
}

/** What fills the last block of a file. */
export const tarPadding = (size: number): Buffer => Buffer.alloc((BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES)

/** What ends an archive. */
export const tarEnd = (): Buffer => Buffer.alloc(BLOCK_BYTES * 2)
