import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { blake2b256 } from '../chunks/hashes.js'
import { createMemoryStore } from '../store/memory-store.js'
import { TreeEditor } from '../tree/tree-editor.js'
import { fileKey } from '../tree/tree-node.js'
import { EMPTY_ROOT, NodeCache } from '../tree/tree-nodes.js'
import { TreeReader } from '../tree/tree-reader.js'
import { DirectoryHashes } from './directory-hash.js'
import { search } from './file-search.js'
import { FileView } from './file-view.js'
import type { Item } from './file-view.js'
import { Glob } from './glob.js'

/** A view of empty files under these paths. */
async function viewOf(paths: readonly string[]): Promise<FileView> {
  const store = createMemoryStore()
  const content = { size: 0, hash: blake2b256() }
  const root = await store.write(rows => {
    const editor = new TreeEditor(rows, new NodeCache(rows))
    const made = editor.apply(EMPTY_ROOT, [...new Set(paths)].sort().map(path => ({ key: fileKey(path, 'default'), content })))
    editor.save()
    return made
  })
  return new FileView(new TreeReader(new NodeCache(store.rows), root), new DirectoryHashes())
}

const pathsOf = (items: Iterable<Item>) => Array.from(items, item => item.path)

/** What a walk must give: the directory, and all files and directories in it, in the order of their paths. */
function expectedWalk(paths: readonly string[], directory: string): string[] {
  const found = new Set<string>()
  for (const path of paths.filter(one => one.startsWith(directory))) {
    found.add(path)
    for (let slash = directory.length - 1; slash >= 0; slash = path.indexOf('/', slash + 1)) found.add(path.slice(0, slash + 1))
  }
  return [...found].sort()
}

const part = fc.constantFrom('a', 'a-b', 'a.txt', 'a0', 'b', 'c')
// No file is a directory as well: files have names of their own.
const paths = fc.array(fc.tuple(fc.array(part, { maxLength: 3 }), fc.constantFrom('x', 'y', 'x-1', 'z')).map(([folders, name]) => `/${[...folders, `${name}!`].join('/')}`), { maxLength: 25 })
const marker = fc.option(fc.tuple(fc.array(part, { maxLength: 3 }), fc.constantFrom('', 'x!', 'y!', 'n')).map(([folders, name]) => `/${[...folders, name].join('/')}`), { nil: undefined })
const directory = fc.constantFrom('/', '/a/', '/a/b/', '/c/')

describe('a walk', () => {
  test('gives all below a directory in path order, and the same backwards', async () => {
    await fc.assert(
      fc.asyncProperty(paths, directory, marker, fc.integer({ min: 0, max: 8 }), async (all, from, after, number) => {
        const view = await viewOf(all)
        const expected = expectedWalk(all, from)
        const cut = (list: string[]) => (number > 0 ? list.slice(0, number) : list)

        expect(pathsOf(view.walk(from, { number, ...(after !== undefined && { after }) }))).toEqual(cut(expected.filter(path => after === undefined || path > after)))
        expect(pathsOf(view.walk(from, { number, reverse: true, ...(after !== undefined && { after }) }))).toEqual(cut(expected.filter(path => after === undefined || path < after).reverse()))
      }),
      { numRuns: 300 },
    )
  })
})

describe('a listing', () => {
  test('gives what lies directly in a directory, page by page and backwards', async () => {
    await fc.assert(
      fc.asyncProperty(paths, directory, fc.integer({ min: 1, max: 4 }), fc.boolean(), async (all, from, number, reverse) => {
        const view = await viewOf(all)
        const children = expectedWalk(all, from).filter(path => path !== from && !path.slice(from.length, -1).includes('/'))
        const seen: string[] = []
        for (let page = pathsOf(view.list(from, { number, reverse })); page.length > 0; page = pathsOf(view.list(from, { number, reverse, after: seen.at(-1) ?? '' }))) seen.push(...page)

        expect(seen).toEqual(reverse ? children.reverse() : children)
      }),
      { numRuns: 300 },
    )
  })

  test('of a file is that file, and of nothing is empty', async () => {
    const view = await viewOf(['/d/a!'])

    expect(pathsOf(view.list('/d/a!'))).toEqual(['/d/a!'])
    expect(pathsOf(view.list('/d/a!', { after: '/d/a!' }))).toEqual([])
    expect(pathsOf(view.list('/none'))).toEqual([])
  })
})

describe('a search', () => {
  test('gives the items that match, wherever it has to begin and how deep it has to look', async () => {
    const patterns = fc.constantFrom('/', '/*', '/**', '/a*', '/a/*', '/**/x!', '/*/*', '/{a,b}/*', '/[ab]/?!', '/a/**', '/*(a|b)/x!', '/!(a)', '/a-b/x-1!', '/a/b/*', '/**x*')
    await fc.assert(
      fc.asyncProperty(paths, patterns, async (all, pattern) => {
        const view = await viewOf(all)
        const glob = new Glob(pattern)
        const found: string[] = []
        for await (const item of search(view, glob)) found.push(item.path)

        const everything = expectedWalk(all, '/')
        expect(found).toEqual(pattern === '/' ? everything.slice(0, 1) : everything.filter(path => path !== '/' && glob.matches(path.replace(/\/$/, ''))))
      }),
      { numRuns: 500 },
    )
  })

  test('keeps to a range', async () => {
    const view = await viewOf(['/a!', '/b!', '/c!'])
    const found: string[] = []
    for await (const item of search(view, new Glob('/*'), { lower: '/b', upper: '/c' })) found.push(item.path)

    expect(found).toEqual(['/b!'])
  })
})
