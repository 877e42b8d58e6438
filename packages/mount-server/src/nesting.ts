/** How deep JSON nests, found in one pass and without building the value. */

/** No request and no specification that people write comes near it; deeper input can exhaust the stack. */
export const MAX_NESTING = 100

/** Whether JSON nests deeper than allowed; brackets in strings do not count. Reads each character once. */
export function isDeepJson(text: string): boolean {
  let depth = 0
  let isInString = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    if (isInString) {
      if (character === '\\') at++
      else if (character === '"') isInString = false
    } else if (character === '"') isInString = true
    else if (character === '[' || character === '{') {
      depth++
      if (depth > MAX_NESTING) return true
    } else if (character === ']' || character === '}') depth--
  }
  return false
}
