/** What can be seen of the files of one commit: one file, a listing, a walk, the matches of a pattern. */
import type { Content } from '../chunks/content.js'
import { refused } from '../model-error.js'
import { datumOfKey, fileKey, pathOfKey } from '../tree/tree-node.js'
import type { TreeEntry } from '../tree/tree-node.js'
import type { TreeReader } from '../tree/tree-reader.js'
import type { DirectoryHashes } from './directory-hash.js'
import { asDirectory, behindDirectory, cleanPath, directoriesOf } from './file-paths.js'
import { conflict } from './validation.js'

/** A file, or a directory whose path ends with a slash. */
export type Item = { readonly kind: 'file'; readonly path: string; readonly datum: string; readonly content: Content } | { readonly kind: 'directory'; readonly path: string }

/** Which part of a listing is wanted. */
export interface Page {
  /** The path of the last item that the caller has; it is left out. */
  readonly after?: string
  /** 0 for all. */
  readonly number?: number
  readonly reverse?: boolean
}

/** Above every key of a path, below those of the next path. */
const behindFile = (path: string): string => `${path}\0\uffff`

function toFile({ key, content }: TreeEntry): Item {
  return { kind: 'file', path: pathOfKey(key), datum: datumOfKey(key), content }
}

/** The files of a tree as clients see them. `datum` shows the files of one datum only. */
export class FileView {
  constructor(
    readonly tree: TreeReader,
    private readonly hashes: DirectoryHashes,
    private readonly datum = '',
  ) {}

  /** The files from a key on that are of the wanted datum. Throws UNKNOWN where one path comes from two datums. */
  private *files(from: string): Generator<TreeEntry, void, undefined> {
    let before: TreeEntry | undefined
    for (const entry of this.tree.from(from)) {
      if (this.datum !== '') {
        if (datumOfKey(entry.key) === this.datum) yield entry
        continue
      }
      if (before && pathOfKey(before.key) === pathOfKey(entry.key)) throw refused(conflict(before, entry) ?? 'duplicate path')
      // The next file is looked at before this one is shown, so that no half of a conflict is.
      if (before) yield before
      before = entry
    }
    if (before) yield before
  }

  /** The file or directory of this path. */
  find(path: string): Item | undefined {
    const clean = cleanPath(path)
    if (clean !== '/') {
      for (const entry of this.files(fileKey(clean, ''))) {
        if (pathOfKey(entry.key) === clean) return toFile(entry)
        break
      }
    }
    const directory = asDirectory(clean)
    return this.hasFiles(directory) ? { kind: 'directory', path: directory } : undefined
  }

  private hasFiles(directory: string): boolean {
    if (this.datum === '') return this.tree.first(directory)?.key.startsWith(directory) ?? false
    for (const { key } of this.files(directory)) return key.startsWith(directory)
    return false
  }

  /** The size of an item in bytes. */
  sizeOf(item: Item): number {
    return item.kind === 'file' ? item.content.size : this.tree.totals(item.path, behindDirectory(item.path)).bytes
  }

  /** The hash of an item: 32 bytes, equal for equal content. */
  hashOf(item: Item): Buffer | Promise<Buffer> {
    return item.kind === 'file' ? item.content.hash : this.hashes.of(this.tree, item.path)
  }

  /** What lies directly in a directory, or the file itself. */
  list(path: string, { after, number = 0, reverse = false }: Page = {}): Generator<Item, void, undefined> {
    const clean = cleanPath(path)
    const item = this.find(clean)
    const all = item?.kind === 'file' ? single(item, after) : reverse ? this.childrenReverse(asDirectory(clean), after) : this.children(asDirectory(clean), after)
    return first(all, number)
  }

  private *children(directory: string, after: string | undefined): Generator<Item, void, undefined> {
    const end = behindDirectory(directory)
    let from: string | undefined = directory
    if (after !== undefined && after >= directory) from = after.endsWith('/') && after !== directory ? behindDirectory(after) : after === directory ? directory : behindFile(after)
    while (from !== undefined) {
      const start: string = from
      from = undefined
      for (const entry of this.files(start)) {
        if (entry.key >= end) return
        const slash = entry.key.indexOf('/', directory.length)
        if (slash < 0 || slash > entry.key.indexOf('\0')) {
          yield toFile(entry)
          continue
        }
        const inner = entry.key.slice(0, slash + 1)
        yield { kind: 'directory', path: inner }
        from = behindDirectory(inner)
        break
      }
    }
  }

  private *childrenReverse(directory: string, after: string | undefined): Generator<Item, void, undefined> {
    let before = after !== undefined && after < behindDirectory(directory) ? (after.endsWith('/') ? after : fileKey(after, '')) : behindDirectory(directory)
    for (;;) {
      const entry = this.lastFile(before)
      if (!entry || entry.key < directory) return
      const path = pathOfKey(entry.key)
      const slash = path.indexOf('/', directory.length)
      const item: Item = slash < 0 ? toFile(entry) : { kind: 'directory', path: path.slice(0, slash + 1) }
      yield item
      before = item.kind === 'file' ? fileKey(path, '') : item.path
    }
  }

  private lastFile(before: string): TreeEntry | undefined {
    for (let entry = this.tree.last(before); entry; entry = this.tree.last(entry.key)) {
      if (this.datum !== '' && datumOfKey(entry.key) !== this.datum) continue
      const other = this.datum === '' ? this.tree.last(entry.key) : undefined
      if (other && pathOfKey(other.key) === pathOfKey(entry.key)) throw refused(conflict(other, entry) ?? 'duplicate path')
      return entry
    }
    return undefined
  }

  /** The directory itself and all that is below it, or the file itself. */
  walk(path: string, { after, number = 0, reverse = false }: Page = {}): Generator<Item, void, undefined> {
    const clean = cleanPath(path)
    const item = this.find(clean)
    if (!item) return first(single(undefined, undefined), 0)
    if (item.kind === 'file') return first(single(item, after), number)
    return first(reverse ? this.belowReverse(item.path, after) : this.below(item.path, { after }), number)
  }

  /**
   * All items from a directory on, each directory before what is in it.
   * `start`: where to begin; the directories on the way there come first.
   * `deepest`: how many slashes a path may have; what lies deeper is stepped over.
   */
  *below(directory: string, { after, start, deepest = Infinity }: { after?: string | undefined; start?: string; deepest?: number } = {}): Generator<Item, void, undefined> {
    const end = behindDirectory(directory)
    let shown = ''
    let from: string | undefined = after === undefined || after < directory ? (start ?? directory) : after.endsWith('/') ? after : behindFile(after)
    while (from !== undefined) {
      const next: string = from
      from = undefined
      for (const entry of this.files(next)) {
        if (entry.key >= end) return
        const path = pathOfKey(entry.key)
        let tooDeep: string | undefined
        for (const inner of directoriesOf(path)) {
          if (inner.length < directory.length || inner <= shown || (after !== undefined && inner <= after)) continue
          if (slashes(inner) - 1 > deepest) {
            tooDeep = inner
            break
          }
          shown = inner
          yield { kind: 'directory', path: inner }
        }
        if (tooDeep === undefined && slashes(path) > deepest) tooDeep = path.slice(0, path.lastIndexOf('/') + 1)
        if (tooDeep !== undefined) {
          from = behindDirectory(topTooDeep(path, deepest))
          break
        }
        yield toFile(entry)
      }
    }
  }

  /** The same from the end to the beginning, each directory behind what is in it; `before` is left out and all behind it. */
  private *belowReverse(directory: string, before: string | undefined): Generator<Item, void, undefined> {
    const end = behindDirectory(directory)
    const from = before !== undefined && before < end ? before : end
    // Directories that are still to come, the innermost last: at first those around the place where the walk begins.
    const open = directoriesOf(from).filter(inner => inner.startsWith(directory) && inner < from && this.hasFiles(inner))
    for (let entry = this.lastFile(from.endsWith('/') || from === end ? from : fileKey(from, '')); entry && entry.key >= directory; entry = this.lastFile(fileKey(pathOfKey(entry.key), ''))) {
      const path = pathOfKey(entry.key)
      for (let inner = open.at(-1); inner !== undefined && !path.startsWith(inner); inner = open.at(-1)) yield { kind: 'directory', path: open.pop() ?? inner }
      for (const inner of directoriesOf(path)) if (inner.startsWith(directory) && !open.includes(inner)) open.push(inner)
      yield toFile(entry)
    }
    for (let inner = open.pop(); inner !== undefined; inner = open.pop()) yield { kind: 'directory', path: inner }
  }
}

function slashes(path: string): number {
  let count = 0
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) count++
  return count
}

/** The directory that lies `deepest` levels down on the way to a path. */
function topTooDeep(path: string, deepest: number): string {
  return directoriesOf(path)[deepest] ?? asDirectory(path)
}

function* single(item: Item | undefined, after: string | undefined): Generator<Item, void, undefined> {
  if (item && (after === undefined || item.path > after)) yield item
}

function* first(items: Generator<Item, void, undefined>, number: number): Generator<Item, void, undefined> {
  let left = number
  for (const item of items) {
    yield item
    if (number > 0 && --left === 0) return
  }
}
