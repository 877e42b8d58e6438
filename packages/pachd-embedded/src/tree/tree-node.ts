/** The nodes of a commit's tree of files, and their byte form. */
import type { Content } from '../chunks/content.js'
import { EMPTY_CONTENT } from '../chunks/content.js'
import { HASH_BYTES } from '../chunks/hashes.js'
import { ByteReader, ByteWriter } from '../store/binary.js'

/** The datum of files that were written without one. */
export const DEFAULT_DATUM = 'default'

/**
 * The identity of a file in the tree: its path, a NUL, and its datum.
 * NUL is below every character of a path, so the order of keys is the order of paths, a directory being compared with its slash.
 */
export type FileKey = string

/** The key of a file. */
export const fileKey = (path: string, datum: string): FileKey => `${path}\0${datum}`

/** The path in a key. */
export const pathOfKey = (key: FileKey): string => key.slice(0, key.indexOf('\0'))

/** The datum in a key. */
export const datumOfKey = (key: FileKey): string => key.slice(key.indexOf('\0') + 1)

/** One file of a tree. */
export interface TreeEntry {
  readonly key: FileKey
  readonly content: Content
}

/** What lies below a node or in a range: how many files, their bytes, and how many of the files have a datum of their own. */
export interface Totals {
  readonly files: number
  readonly bytes: number
  readonly tagged: number
}

/** A node as its parent knows it. */
export interface ChildLink extends Totals {
  readonly id: number
  readonly firstKey: FileKey
}

/** A node: files in key order, or children in key order. */
export type TreeNode = { readonly kind: 'leaf'; readonly entries: readonly TreeEntry[] } | { readonly kind: 'inner'; readonly children: readonly ChildLink[] }

/** A node is split before it outgrows two pages of the store. */
export const NODE_BYTES = 8100

const DEFAULT_SUFFIX = `\0${DEFAULT_DATUM}`
const hasDefaultDatum = (key: FileKey): boolean => key.endsWith(DEFAULT_SUFFIX) && key.indexOf('\0') === key.length - DEFAULT_SUFFIX.length

/** The totals of one file. */
export const totalsOfEntry = ({ key, content }: TreeEntry): Totals => ({ files: 1, bytes: content.size, tagged: hasDefaultDatum(key) ? 0 : 1 })

/** Adds totals up. */
export function sumTotals(all: Iterable<Totals>): Totals {
  let [files, bytes, tagged] = [0, 0, 0]
  for (const totals of all) {
    files += totals.files
    bytes += totals.bytes
    tagged += totals.tagged
  }
  return { files, bytes, tagged }
}

function sharedPrefix(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  let shared = 0
  while (shared < length && a.charCodeAt(shared) === b.charCodeAt(shared)) shared++
  return shared
}

/** Keys are written as what differs from the key before, without the usual datum. */
class KeyCodec {
  private last = ''

  write(writer: ByteWriter, key: FileKey): void {
    const usual = hasDefaultDatum(key)
    const text = usual ? key.slice(0, -DEFAULT_SUFFIX.length) : key
    const shared = sharedPrefix(this.last, text)
    writer.varint(shared * 2 + (usual ? 0 : 1)).text(text.slice(shared))
    this.last = text
  }

  read(reader: ByteReader): FileKey {
    const head = reader.varint()
    this.last = this.last.slice(0, Math.floor(head / 2)) + reader.text()
    return head % 2 === 0 ? this.last + DEFAULT_SUFFIX : this.last
  }
}

/** About how many bytes an entry or a child takes, without the compression of keys. */
export const roomOf = (item: TreeEntry | ChildLink): number => ('content' in item ? item.key.length + HASH_BYTES + 8 : item.firstKey.length + 24)

/** The byte form of a node. */
export function writeNode(node: TreeNode): Buffer {
  const writer = new ByteWriter(NODE_BYTES)
  const keys = new KeyCodec()
  if (node.kind === 'leaf') {
    writer.varint(0).varint(node.entries.length)
    for (const { key, content } of node.entries) {
      keys.write(writer, key)
      writer.varint(content.size)
      if (content.size > 0) writer.raw(content.hash)
    }
  } else {
    writer.varint(1).varint(node.children.length)
    for (const child of node.children) {
      keys.write(writer, child.firstKey)
      writer.varint(child.id).varint(child.files).varint(child.bytes).varint(child.tagged)
    }
  }
  return writer.finish()
}

/** Reads a node. Throws RangeError when the bytes are not one. */
export function readNode(bytes: Uint8Array): TreeNode {
  const reader = new ByteReader(bytes)
  const keys = new KeyCodec()
  const kind = reader.varint()
  const count = reader.varint()
  if (kind === 0) {
    const entries: TreeEntry[] = []
    for (let i = 0; i < count; i++) {
      const key = keys.read(reader)
      const size = reader.varint()
      entries.push({ key, content: size === 0 ? EMPTY_CONTENT : { size, hash: reader.raw(HASH_BYTES) } })
    }
    return { kind: 'leaf', entries }
  }
  if (kind !== 1) throw new RangeError(`a tree node of the unknown kind ${kind}`)
  const children: ChildLink[] = []
  for (let i = 0; i < count; i++) {
    children.push({ firstKey: keys.read(reader), id: reader.varint(), files: reader.varint(), bytes: reader.varint(), tagged: reader.varint() })
  }
  return { kind: 'inner', children }
}
