/** The rows of the table of pachd's wire (pachd-wire.tsv), each as one comparable line. */

/**
 * The lines of the packages asked for. Methods whose messages the table does not expand are left out, and so are
 * messages that it only mentions as somebody's type.
 */
export function wireOfTable(table: string, packages: ReadonlySet<string>): Set<string> {
  const lines = new Set<string>()
  for (const text of table.split('\n')) {
    if (text === '' || text.startsWith('#') || text.startsWith('kind\t')) continue
    const [kind = '', parent = '', name = '', number = '', type = '', label = '', streaming = '', notes = ''] = text.split('\t')
    const inPackage = packageOf(parent, packages)
    if (!inPackage || notes.includes('names-only')) continue
    if (kind === 'service-method') lines.add([inPackage, 'method', `${parent}/${name}`, type, streaming].join('\t'))
    if (kind === 'message-field') lines.add([inPackage, 'field', `${parent}.${name}`, number, type.replace(/^enum:/, '').replaceAll(' ', ''), label].join('\t'))
    if (kind === 'enum-value') lines.add([inPackage, 'value', `${parent}.${name}`, number].join('\t'))
    if (kind === 'reserved') lines.add([inPackage, 'reserved', parent, name.replace(/^#/, '')].join('\t'))
    if (kind === 'message') lines.add([inPackage, 'empty', parent].join('\t'))
  }
  return lines
}

function packageOf(parent: string, packages: ReadonlySet<string>): string | undefined {
  return Array.from(packages).find(name => parent.startsWith(`${name}.`))
}
