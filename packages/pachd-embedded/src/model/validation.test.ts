import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { blake2b256 } from '../chunks/hashes.js'
import { createMemoryStore } from '../store/memory-store.js'
import { TreeEditor } from '../tree/tree-editor.js'
import { fileKey } from '../tree/tree-node.js'
import { EMPTY_ROOT, NodeCache } from '../tree/tree-nodes.js'
import { TreeReader } from '../tree/tree-reader.js'
import { findConflict } from './validation.js'

type File = readonly [path: string, datum: string]

/** The problem of a tree that is made of some files and gets others. */
async function conflictOf(base: readonly File[], added: readonly File[]): Promise<string | undefined> {
  const store = createMemoryStore()
  const content = { size: 0, hash: blake2b256() }
  const edit = (root: number, files: readonly File[]) =>
    store.write(rows => {
      const editor = new TreeEditor(rows, new NodeCache(rows))
      const keys = [...new Set(files.map(([path, datum]) => fileKey(path, datum)))].sort()
      const made = editor.apply(root, keys.map(key => ({ key, content })))
      editor.save()
      return made
    })
  const before = await edit(EMPTY_ROOT, base)
  const after = await edit(before, added)
  const nodes = new NodeCache(store.rows)
  return findConflict(nodes, before, new TreeReader(nodes, after))
}

describe('a tree', () => {
  test.each<[string, File[], File[], string | undefined]>([
    ['with a file that is a directory', [['/a', 'default']], [['/a/b', 'default']], 'file / directory path collision (/a/b)'],
    ['with a directory that is a file', [['/a/b', 'default']], [['/a', 'default']], 'file / directory path collision (/a/b)'],
    ['with one path from two datums', [['/a', 'd1']], [['/a', 'd2']], 'duplicate path output by different datums (/a from d1 and /a from d2)'],
    ['with names that only begin alike', [['/a', 'default']], [['/a.b', 'default'], ['/ab/c', 'default']], undefined],
    ['without any files', [], [], undefined],
  ])('%s', async (_, base, added, problem) => {
    expect(await conflictOf(base, added)).toBe(problem)
  })

  test('is found wrong in a large change as in a small one', async () => {
    const many = Array.from({ length: 1500 }, (_, i): File => [`/f${i}`, 'default'])

    expect(await conflictOf([], many)).toBeUndefined()
    expect(await conflictOf([], [...many, ['/f700/x', 'default']])).toBe('file / directory path collision (/f700/x)')
  })

  test('is wrong exactly where a path is there twice or below a file that sorts next to it', async () => {
    const name = fc.constantFrom('a', 'b', 'a-', 'a0')
    const file = fc.tuple(fc.array(name, { minLength: 1, maxLength: 3 }).map(parts => `/${parts.join('/')}`), fc.constantFrom('d1', 'd2'))
    await fc.assert(
      fc.asyncProperty(fc.array(file, { maxLength: 8 }), async files => {
        const keys = [...new Set(files.map(([path, datum]) => fileKey(path, datum)))].sort().map(key => key.split('\0')[0] ?? '')
        const isWrong = keys.some((path, at) => at > 0 && (path === keys[at - 1] || path.startsWith(`${keys[at - 1]}/`)))

        expect((await conflictOf([], files)) !== undefined).toBe(isWrong)
      }),
      { numRuns: 300 },
    )
  })
})
