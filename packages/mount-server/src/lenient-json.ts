/** Request bodies as the original's clients send them: any content type, the first JSON value counts, keys in any case. */

/** A body that cannot be read; the message says why. */
export class BodyError extends Error {
  override readonly name = 'BodyError'
}

/**
 * The first JSON value of a body; `null` reads as an empty object, text behind the value is ignored. Throws BodyError
 * for an empty body and for anything that is not JSON.
 */
export function parseLenientJson(text: string): unknown {
  const body = text.replace(/^\uFEFF/, '').trim()
  if (body === '') throw new BodyError('the request has no body; send a JSON object')
  return orEmpty(parseWhole(body) ?? parseFirst(body))
}

/** Objects of requests nest at most this deep; more is an attack on the parser's stack. */
const MAX_DEPTH = 64

function parseWhole(body: string): { value: unknown } | undefined {
  if (depthOf(body) > MAX_DEPTH) throw new BodyError(`the request body nests deeper than ${MAX_DEPTH} levels`)
  try {
    return { value: JSON.parse(body) }
  } catch {
    return undefined
  }
}

/** The value that ends where the first balanced bracket or scalar ends. */
function parseFirst(body: string): { value: unknown } {
  const end = endOfFirstValue(body)
  try {
    return { value: JSON.parse(body.slice(0, end)) }
  } catch (cause) {
    throw new BodyError(`the request body is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

function endOfFirstValue(body: string): number {
  let depth = 0
  for (const { 0: token, index } of body.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]|[^\s"[\]{},:]+/gs)) {
    if (token === '{' || token === '[') depth += 1
    if (token === '}' || token === ']') depth -= 1
    if (depth <= 0) return index + token.length
  }
  return body.length
}

function depthOf(body: string): number {
  let depth = 0
  let deepest = 0
  for (const [token] of body.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === '{' || token === '[') deepest = Math.max(deepest, ++depth)
    if (token === '}' || token === ']') depth -= 1
  }
  return deepest
}

function orEmpty({ value }: { value: unknown }): unknown {
  return value ?? {}
}

/**
 * The object with its keys spelled as in `names`, whatever case the sender used; keys that are not among them, and
 * keys without a value, are left out. The last spelling of a key counts.
 */
export function pickKeys(value: object, names: readonly string[]): Record<string, unknown> {
  const spelled = new Map(names.map(name => [name.toLowerCase(), name]))
  const picked: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) {
    const name = spelled.get(key.toLowerCase())
    if (name !== undefined && item !== null) picked[name] = item
  }
  return picked
}
