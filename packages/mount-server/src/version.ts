/** The version of this package. */
import { readFileSync } from 'node:fs'

/** As package.json says. */
export function packageVersion(): string {
  const description: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return typeof description === 'object' && description !== null && 'version' in description ? String(description.version) : ''
}
