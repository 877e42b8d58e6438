/** Text that is safe on a terminal: names in the data may hold escape sequences, which are shown as JSON escapes. */

/** Control characters, line separators, and marks that turn the direction of text. */
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/gu

/** One line of any text. Escaping twice changes nothing more. */
export function printable(text: string): string {
  return text.replace(UNSAFE, character => (character === '\n' ? '\\n' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`))
}

/** The text of an error, in as many lines as its stack has. */
export function printableError(error: unknown, { withStack }: { withStack: boolean }): string {
  if (!(error instanceof Error)) return printable(String(error))
  if (!withStack || error.stack === undefined) return printable(error.message)
  const frames = error.stack.slice(error.stack.indexOf(error.message) + error.message.length)
  return printable(`${error.name}: ${error.message}`) + frames.split('\n').map(printable).join('\n')
}
