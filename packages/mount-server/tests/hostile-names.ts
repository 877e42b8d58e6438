/** Names as a pachd that means harm may send them, and which of them can be shown. */

const PARTS = [
  '..', '.', '/', '//', '../', '/..', '\0', '\n', '\r\n', '\t', ' ', '\\', '..\\', '%2e%2e', '%2f', '%00', '\u202e', '\ufeff', '\u00e9', 'e\u0301', '\uff0e\uff0e', '\u2025', '\u{1f4a9}',
  'etc', 'passwd', 'con', 'proc', 'self', 'a', 'B', '~', '*', '?', '[', '$(id)', '`', "'", '"', '<', '&', '-rf', '|', 'x'.repeat(255), 'y'.repeat(1024),
]
/** Longer names cannot pass through the kernel. */
const MAX_NAME_BYTES = 1024

/** `count` paths that are said to be in a directory, most with a number of their own; the same ones for the same seed. */
export function* hostilePaths(count: number, directory: string, seed: number): Generator<string, void, undefined> {
  let state = seed * 7919
  const random = (below: number) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
  for (let number = 0; number < count; number++) {
    let name = random(20) === 0 ? '' : String(number)
    for (let parts = random(4); parts > 0; parts--) {
      const part = PARTS[random(random(50) === 0 ? PARTS.length : PARTS.length - 2)] ?? ''
      name = random(2) === 0 ? name + part : part + name
    }
    yield random(50) === 0 ? name : `${directory}/${name}`
  }
}

/** The one name that the directory may show for a path; undefined for what no file system can show, or lies elsewhere. */
export function shownName(path: string, directory: string): string | undefined {
  if (!path.startsWith(`${directory}/`)) return undefined
  const name = path.slice(directory.length + 1).replace(/\/$/, '')
  return name === '' || name === '.' || name === '..' || /[/\0]/.test(name) || Buffer.byteLength(name) > MAX_NAME_BYTES ? undefined : name
}
