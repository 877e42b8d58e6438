/** How deep a text nests, found without building what it says. */

/** No request and no specification that people write comes near it; what is deeper can exhaust the stack. */
export const MAX_NESTING = 100

/** Whether JSON nests deeper than allowed; brackets in strings do not count. */
export function isDeepJson(text: string): boolean {
  let depth = 0
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token === '[' || token === '{') depth += 1
    else if (token === ']' || token === '}') depth -= 1
    if (depth > MAX_NESTING) return true
  }
  return false
}

/** Whether YAML nests deeper than allowed: by brackets, by indicators in one line, or by indentation. */
export function isDeepYaml(text: string): boolean {
  if (isDeepJson(text)) return true
  const indents: number[] = []
  for (const [, before = ''] of text.matchAll(/^((?: *(?:[-?:](?= |$))?)*)/gm)) {
    if (before.replaceAll(' ', '').length > MAX_NESTING) return true
    const column = before.length
    while ((indents.at(-1) ?? -1) >= column) indents.pop()
    indents.push(column)
    if (indents.length > MAX_NESTING) return true
  }
  return false
}
