import { expect, test } from 'vitest'

import { blake2b256 } from '../chunks/hashes.js'
import type { Content } from '../chunks/content.js'
import { createMemoryStore } from '../store/memory-store.js'
import type { Store } from '../store/store.js'
import { TreeEditor } from './tree-editor.js'
import type { TreeEdit } from './tree-editor.js'
import { EMPTY_ROOT, NODE_ROWS, NodeCache } from './tree-nodes.js'
import { TreeReader, differentFiles } from './tree-reader.js'

const content = (text: string): Content => ({ size: text.length, hash: blake2b256(Buffer.from(text)) })
const put = (key: string, text = key): TreeEdit => ({ key, content: content(text) })
const key = (i: number) => `/${Math.floor(i / 100).toString().padStart(3, '0')}/file-${i.toString().padStart(6, '0')}\0default`

async function edit(store: Store, root: number, edits: readonly TreeEdit[]): Promise<number> {
  return store.write(rows => {
    const editor = new TreeEditor(rows, new NodeCache(rows))
    const changed = editor.apply(root, [...edits].sort((a, b) => (a.key < b.key ? -1 : 1)))
    editor.save()
    return changed
  })
}

const open = (store: Store, root: number) => new TreeReader(new NodeCache(store.rows), root)
const keys = (tree: TreeReader) => Array.from(tree.from(''), entry => entry.key)

test('files come back in key order, however they went in', async () => {
  const store = createMemoryStore()
  const all = Array.from({ length: 5000 }, (_, i) => key(i))
  const shuffled = all.map((name, i) => ({ name, place: (i * 7919) % 5000 })).sort((a, b) => a.place - b.place)

  let root = EMPTY_ROOT
  for (let i = 0; i < shuffled.length; i += 250) root = await edit(store, root, shuffled.slice(i, i + 250).map(({ name }) => put(name)))

  expect(keys(open(store, root))).toEqual(all)
  expect(open(store, root).all().files).toBe(5000)
})

test('an old root still shows the old files', async () => {
  const store = createMemoryStore()
  const before = await edit(store, EMPTY_ROOT, Array.from({ length: 1000 }, (_, i) => put(key(i))))
  const after = await edit(store, before, [put(key(500), 'changed'), { key: key(7), content: undefined }])

  expect(open(store, before).get(key(7))?.content.size).toBe(key(7).length)
  expect(open(store, after).get(key(7))).toBeUndefined()
  expect(open(store, after).get(key(500))?.content.size).toBe('changed'.length)
  expect(open(store, after).all().files).toBe(999)
})

test('a small change makes few nodes', async () => {
  const store = createMemoryStore()
  const before = await edit(store, EMPTY_ROOT, Array.from({ length: 20_000 }, (_, i) => put(key(i))))
  const count = () => Array.from(store.rows.range(NODE_ROWS)).length
  const nodes = count()

  await edit(store, before, [put(key(10_000), 'changed')])

  expect(count() - nodes).toBeLessThanOrEqual(3)
})

test('totals of a range are those of its files', async () => {
  const store = createMemoryStore()
  const root = await edit(store, EMPTY_ROOT, Array.from({ length: 10_000 }, (_, i) => put(key(i), 'x'.repeat(i % 10))))
  const tree = open(store, root)

  expect(tree.totals('/042/', '/0420')).toEqual({ files: 100, bytes: 450, tagged: 0 })
  expect(tree.totals('/042/', '/0540')).toEqual({ files: 1300, bytes: 1300 * 4.5, tagged: 0 })
  expect(tree.totals('/nope/', '/nope0').files).toBe(0)
})

test('removing a range leaves the files around it', async () => {
  const store = createMemoryStore()
  const root = await edit(store, EMPTY_ROOT, Array.from({ length: 10_000 }, (_, i) => put(key(i))))

  const removed = await store.write(rows => {
    const editor = new TreeEditor(rows, new NodeCache(rows))
    const changed = editor.removeRange(root, '/010/', '/0890')
    editor.save()
    return changed
  })

  const expected = Array.from({ length: 10_000 }, (_, i) => key(i)).filter(name => name < '/010/' || name >= '/0890')
  expect(keys(open(store, removed))).toEqual(expected)
  expect(open(store, removed).all().files).toBe(expected.length)
})

test('removing everything leaves the empty root and no nodes of the same change', async () => {
  const store = createMemoryStore()
  const root = await store.write(rows => {
    const editor = new TreeEditor(rows, new NodeCache(rows))
    const full = editor.apply(EMPTY_ROOT, Array.from({ length: 3000 }, (_, i) => put(key(i))))
    const empty = editor.removeRange(full, '/', '0')
    editor.save()
    return empty
  })

  expect(root).toBe(EMPTY_ROOT)
  expect(Array.from(store.rows.range(NODE_ROWS))).toEqual([])
})

test('the difference of two trees names exactly the files that differ', async () => {
  const store = createMemoryStore()
  const before = await edit(store, EMPTY_ROOT, Array.from({ length: 20_000 }, (_, i) => put(key(i))))
  const after = await edit(store, before, [put(key(3), 'other'), { key: key(9_999), content: undefined }, put('/zzz\0default')])
  const loads: number[] = []
  const nodes = new NodeCache(store.rows)
  const counting = { load: (id: number) => (loads.push(id), nodes.load(id)) }

  const found = Array.from(differentFiles(counting, before, after), ({ key: name, old, young }) => [name, old !== undefined, young !== undefined])

  expect(found).toEqual([
    [key(3), true, true],
    [key(9_999), true, false],
    ['/zzz\0default', false, true],
  ])
  expect(loads.length).toBeLessThan(60)
  expect([...differentFiles(nodes, EMPTY_ROOT, before)].length).toBe(20_000)
  expect([...differentFiles(nodes, after, after)]).toEqual([])
})

test('the last file before a key is found across nodes', async () => {
  const store = createMemoryStore()
  const root = await edit(store, EMPTY_ROOT, Array.from({ length: 2000 }, (_, i) => put(key(i))))
  const tree = open(store, root)

  for (const i of [1, 99, 100, 777, 1999]) expect(tree.last(key(i))?.key).toBe(key(i - 1))
  expect(tree.last(key(0))).toBeUndefined()
})
