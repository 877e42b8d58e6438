/** Stamps: small files that remember which sources a finished step was made from. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/** Whether the step behind `stamp` was finished with the sources as they are now. @param {string} stamp @param {string[]} sources */
export function isCurrent(stamp, sources) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint(sources)
}

/** Remembers that the step is finished. @param {string} stamp @param {string[]} sources */
export function markCurrent(stamp, sources) {
  writeFileSync(stamp, fingerprint(sources))
}

/** @param {string[]} sources */
function fingerprint(sources) {
  const hash = createHash('sha256')
  for (const source of sources) hash.update(source).update(readFileSync(source))
  return hash.digest('hex')
}
