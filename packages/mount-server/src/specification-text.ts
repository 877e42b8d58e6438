/**
 * The text of a specification, JSON or YAML, as a value.
 *
 * The parser stops at the first mistake and reads each character a bounded number of times. One that collects all
 * mistakes, as editors want it, takes seconds for 250 kB of stray quotes. What the parser cannot bound is bounded here:
 * size, depth and aliases. An alias is a reference, so a small text can describe a tree of any size: readers of the
 * value count the nodes they visit.
 */
import { CORE_SCHEMA, loadAll, YAMLException } from 'js-yaml'

import { MountError } from './errors.js'
import { MAX_NESTING } from './nesting.js'

const MAX_BYTES = 256 * 1024
const MAX_ALIASES = 50

/** The first document of the text; undefined when there is none. Throws MountError TOO_LARGE, and BAD_REQUEST with the line of the mistake. */
export function readSpecificationText(text: string): unknown {
  if (Buffer.byteLength(text) > MAX_BYTES) throw new MountError('TOO_LARGE', `a specification can be up to ${String(MAX_BYTES / 1024)} KiB long`)
  try {
    return loadAll(text, { schema: CORE_SCHEMA, maxDepth: MAX_NESTING, maxAliases: MAX_ALIASES })[0]
  } catch (cause) {
    if (!(cause instanceof YAMLException)) throw cause
    const place = cause.mark ? `line ${String(cause.mark.line + 1)}, column ${String(cause.mark.column + 1)}: ` : ''
    throw new MountError('BAD_REQUEST', `the body should be JSON or YAML: ${place}${cause.reason}`, { cause })
  }
}
