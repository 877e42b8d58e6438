/**
 * Text that is safe on a terminal. File names, commit messages and errors may hold escape sequences that move the
 * cursor, forge lines or type for the user; they are shown as JSON escapes. Pipes get the same: their reader is often
 * a terminal, too. Exact names come with --json and -z.
 */

/** Control characters (C0, DEL, C1), line separators, and marks that turn the direction of text. */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** One line of any text. Escaping twice changes nothing more. */
export function printable(text: string): string {
  return text.replace(UNSAFE, escaped)
}

/** A name, so that the original can be read off it: backslashes are doubled. */
export function printableName(name: string): string {
  return printable(name.replaceAll('\\', '\\\\'))
}

/** A value as JSON that any terminal can show; programs read the exact value from it. */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(UNSAFE, character => (character === '\n' ? character : escaped(character)))
}

/** A record of the log with every text in it printable. A stack keeps its lines. */
export function printableRecord(record: unknown, key = ''): unknown {
  if (typeof record === 'string') return key === 'stack' ? record.split('\n').map(printable).join('\n') : printable(record)
  if (Array.isArray(record)) return record.map(item => printableRecord(item))
  if (typeof record !== 'object' || record === null) return record
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [printable(name), printableRecord(value, name)]))
}

function escaped(character: string): string {
  return SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
