/** Finding the files and directories of a commit that match a pattern. */
import type { Glob } from './glob.js'
import { asDirectory } from './file-paths.js'
import type { FileView, Item } from './file-view.js'

/** From `lower` (included) to `upper` (excluded); empty ends are open. */
export interface PathRange {
  readonly lower: string
  readonly upper: string
}

const isWithin = (path: string, range: PathRange | undefined): boolean => !range || ((range.lower === '' || path >= range.lower) && (range.upper === '' || path < range.upper))

/** The path that patterns are matched against. */
export const matchablePath = (path: string): string => (path.endsWith('/') ? path.slice(0, -1) : path)

/** After so many steps of matching others get their turn. */
const STEPS_AT_A_TIME = 500_000

/** The items that match, in path order; a directory that matches is one item. */
export async function* search(view: FileView, glob: Glob, range?: PathRange): AsyncGenerator<Item, void, undefined> {
  if (glob.isRoot) {
    const root = view.find('/')
    if (root && isWithin(root.path, range)) yield root
    return
  }
  const start = glob.literalPrefix.slice(0, glob.literalPrefix.lastIndexOf('/') + 1) || '/'
  let steps = 0
  for (const item of itemsBehind(view, start, glob)) {
    const path = matchablePath(item.path)
    steps += glob.effort * path.length
    if (steps >= STEPS_AT_A_TIME) {
      steps = 0
      await new Promise(setImmediate)
    }
    if (path !== '' && glob.matches(path) && isWithin(item.path, range)) yield item
  }
}

function* itemsBehind(view: FileView, start: string, glob: Glob): Generator<Item> {
  const prefix = glob.literalPrefix
  const end = `${prefix}\uffff`
  for (const item of view.below(start, { start: prefix, deepest: glob.deepest })) {
    if (item.path > end) return
    if (matchablePath(item.path).startsWith(prefix)) yield item
  }
}

/** The matches and, for directories, everything in them: what goes into an archive. */
export async function* searchDeep(view: FileView, glob: Glob, range?: PathRange): AsyncGenerator<Item, void, undefined> {
  let inside = ''
  for await (const item of search(view, glob, range)) {
    if (inside !== '' && item.path.startsWith(inside)) continue
    if (item.kind === 'file') {
      yield item
      continue
    }
    inside = asDirectory(item.path)
    for (const below of view.below(inside)) if (isWithin(below.path, range)) yield below
  }
}
