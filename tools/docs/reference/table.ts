/** Tables of Markdown. */

/** A table; the cells are Markdown without line breaks and bars. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heads, heads.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n').replaceAll('|  |', '| |')
}

/** A text as it may stand in a cell: names of places and placeholders are no tags. */
export function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').replaceAll('<', '&lt;').trim()
}
