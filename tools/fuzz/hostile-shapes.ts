/** Texts that are made to keep a parser busy, of any length, from a seed. */

/** One kind of text. */
export interface Shape {
  readonly name: string
  /** About `length` characters of it. */
  readonly of: (length: number) => string
}

const repeated = (unit: string, length: number) => unit.repeat(Math.max(1, Math.floor(length / unit.length)))
const shape = (before: string, unit: string, behind = ''): Shape => ({ name: `${JSON.stringify(before)} ${JSON.stringify(unit)}* ${JSON.stringify(behind)}`, of: length => before + repeated(unit, length) + behind })
const listed = (name: string, item: (index: number) => string, before = '', behind = ''): Shape => ({
  name,
  of: length => {
    const width = item(1000).length
    return before + Array.from({ length: Math.max(1, Math.floor(length / width)) }, (_, index) => item(index)).join('') + behind
  },
})

/** Those that have hurt a parser somewhere. */
export const knownShapes: readonly Shape[] = [
  shape('"', '\\"'), shape('{"input": "', '\\"'), shape('', '[]{}'), shape('', '"'), shape('[', ','), shape('', 'a: 1\n'), shape('{"a":1', ',"a":1', '}'),
  shape('', '['), shape('', '{"a":'), shape('', '('), shape('', '(*'), shape('/', '*a', 'b'), shape('/[', 'a-z', ']'), shape('/[', '[:alpha:]', ']'), shape('/', '!(a)'), shape('/{', 'a,', '}'), shape('/', '?(a|'),
  shape('', '- '), shape('', '? '), shape('', ': '), shape('', '&a '), shape('', '!!str '), shape('a: &a [b]\nc: [', '*a,', ']'), shape('', '---\n'), shape('', '%YAML '), shape('', '|\n '),
  shape('', ' '), shape('', '\n'), shape('', '\t'), shape('', '\\'), shape('a:', ' ', 'b'), shape('1', ' ', 'x'), shape('', '1'), shape('', '1s'), shape('', '0', '1 '), shape('', '9,'), shape('bytes=0-', ',0-'),
  shape('', '/'), shape('/a', '/../'), shape('/', '%2e'), shape('/', '%'), shape('', 'a.'), shape('', '^'), shape('', 'a^1'), shape('', '.1'), shape('', 'a-'), shape('a/', '__'), shape('', 'é'), shape('', '\ud800'), shape('', '$1'),
  listed('different keys of YAML', index => `k${String(index)}: 1\n`),
  listed('different keys of JSON', index => `"k${String(index)}":1,`, '{', '"end":1}'),
  listed('inputs of a specification', index => `{"pfs":{"repo":"r${String(index)}","glob":"/"}},`, '{"input":{"cross":[', ']}}'),
  listed('unknown fields', index => `"x${String(index)}":"",`, '{"input":{"pfs":{', '"repo":"r"}}}'),
  listed('lines that are indented further and further', index => `${' '.repeat(index % 90)}a:\n`),
]

const UNITS = ['[', ']', '{', '}', '(', ')', '"', "'", '\\', '\\"', ',', ':', ': ', '- ', '? ', '*', '&a ', '*a', '!', '|', '>', '%', '@', '`', '#', '\n', '\r\n', ' ', '\t', '/', '//', '.', '..', '+', '$', '$1', '0', '9', 'a', 'Z', '_', '-', 'é', '\u0000', '"a":', 'null', '<<: ', '=', ';', '~']

/** `count` more, out of pieces that mean something to one parser or another. */
export function randomShapes(random: () => number, count: number): Shape[] {
  const pick = () => UNITS[Math.floor(random() * UNITS.length)] ?? ''
  const text = (most: number) => Array.from({ length: Math.floor(random() * (most + 1)) }, pick).join('')
  return Array.from({ length: count }, () => shape(text(3), pick() + text(3), text(2)))
}

/** Numbers from 0 to 1 that a seed determines (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
