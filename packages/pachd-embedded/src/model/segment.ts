/** The changes of one stream of file operations, folded so that their order no longer matters: deletions first, then additions. */
import { readContent, writeContent } from '../chunks/content.js'
import type { Content } from '../chunks/content.js'
import { ByteReader, ByteWriter } from '../store/binary.js'
import type { Rows, WritableRows } from '../store/store.js'
import { datumOfKey, fileKey, pathOfKey } from '../tree/tree-node.js'
import type { FileKey } from '../tree/tree-node.js'
import { asDirectory } from './file-paths.js'

/** What happens to one file: it is emptied first or not, then gets bytes behind its end. */
export interface FileChange {
  readonly key: FileKey
  readonly replaces: boolean
  readonly parts: readonly Content[]
  /** A deletion with nothing after it. */
  readonly deleted: boolean
}

/** A directory whose files of one datum go before anything is added. */
export interface RemovedDirectory {
  readonly directory: string
  readonly datum: string
}

interface OpenChange {
  replaces: boolean
  parts: Content[]
  added: boolean
}

/** Deleting a directory looks through all changed files, so a stream that does it often continues in another segment. */
const LARGEST_SCAN = 2000

/** Collects the operations of a stream in order. */
export class SegmentBuilder {
  private readonly changes = new Map<FileKey, OpenChange>()
  private readonly removed: RemovedDirectory[] = []
  private weight = 0

  /** How much is collected, in changes; what is large is better written down and continued in another segment. */
  get size(): number {
    return this.weight
  }

  private change(key: FileKey): OpenChange {
    const known = this.changes.get(key)
    if (known) return known
    const fresh = { replaces: false, parts: [], added: false }
    this.changes.set(key, fresh)
    this.weight++
    return fresh
  }

  /** Appends content to a file, which may be new. */
  add(path: string, datum: string, content: Content): void {
    const change = this.change(fileKey(path, datum))
    change.added = true
    if (content.size === 0) return
    change.parts.push(content)
    if (change.parts.length > 1) this.weight++
  }

  delete(path: string, datum: string): void {
    const change = this.change(fileKey(path, datum))
    change.replaces = true
    change.added = false
    change.parts = []
  }

  /** Deletes what is below a directory; false when the segment must be closed first. */
  deleteDirectory(directory: string, datum: string): boolean {
    if (this.changes.size > LARGEST_SCAN || this.removed.length > LARGEST_SCAN) return false
    const below = asDirectory(directory)
    for (const key of this.changes.keys()) {
      if (key.startsWith(below) && datumOfKey(key) === datum) this.changes.delete(key)
    }
    this.removed.push({ directory: below, datum })
    this.weight++
    return true
  }

  get isEmpty(): boolean {
    return this.changes.size === 0 && this.removed.length === 0
  }

  finish(): Segment {
    const keys = [...this.changes.keys()].sort((a, b) => (a < b ? -1 : 1))
    return {
      removed: this.removed,
      changes: keys.flatMap(key => {
        const change = this.changes.get(key)
        return change ? [{ key, replaces: change.replaces, parts: change.parts, deleted: !change.added }] : []
      }),
    }
  }
}

/** Folded changes: directories that are emptied, then changes in key order. */
export interface Segment {
  readonly removed: readonly RemovedDirectory[]
  readonly changes: readonly FileChange[]
}

const PREFIX = Buffer.from('g')
/** The range of all rows that hold segments. */
export const SEGMENT_ROWS = { start: PREFIX, end: Buffer.from('h') }
const NEXT_SEGMENT_ROW = Buffer.from('m/next-segment')
const BLOCK_BYTES = 64 * 1024

function segmentRow(id: number, block: number): Buffer {
  const key = Buffer.alloc(11)
  PREFIX.copy(key)
  key.writeUIntBE(id, 1, 6)
  key.writeUInt32BE(block, 7)
  return key
}

/** The segment that a row belongs to. */
export const idOfSegmentRow = (key: Uint8Array): number => Buffer.from(key).readUIntBE(1, 6)

/** The number that the next segment gets. */
export function nextSegmentId(rows: Rows): number {
  const row = rows.get(NEXT_SEGMENT_ROW)
  return row ? Buffer.from(row).readUIntBE(0, 6) : 1
}

/** Writes a segment under a new number. */
export function saveSegment(rows: WritableRows, { removed, changes }: Segment): number {
  const id = nextSegmentId(rows)
  const next = Buffer.alloc(6)
  next.writeUIntBE(id + 1, 0, 6)
  rows.put(NEXT_SEGMENT_ROW, next)
  const head = new ByteWriter().varint(removed.length)
  for (const { directory, datum } of removed) head.text(directory).text(datum)
  rows.put(segmentRow(id, 0), head.finish())
  let block = new ByteWriter(BLOCK_BYTES)
  let number = 1
  for (const change of changes) {
    block.text(pathOfKey(change.key)).text(datumOfKey(change.key))
    block.varint((change.replaces ? 1 : 0) + (change.deleted ? 2 : 0)).varint(change.parts.length)
    for (const part of change.parts) writeContent(block, part)
    if (block.size < BLOCK_BYTES) continue
    rows.put(segmentRow(id, number++), block.finish())
    block = new ByteWriter(BLOCK_BYTES)
  }
  if (block.size > 0) rows.put(segmentRow(id, number), block.finish())
  return id
}

/** The directories that a segment empties. */
export function loadRemoved(rows: Rows, id: number): RemovedDirectory[] {
  const row = rows.get(segmentRow(id, 0))
  if (!row) return []
  const reader = new ByteReader(row)
  return Array.from({ length: reader.varint() }, () => ({ directory: reader.text(), datum: reader.text() }))
}

/** The changes of one block of a segment, blocks counting from 1; undefined behind the last. */
export function loadBlock(rows: Rows, id: number, number: number): FileChange[] | undefined {
  const row = rows.get(segmentRow(id, number))
  if (!row) return undefined
  const reader = new ByteReader(row)
  const changes: FileChange[] = []
  while (!reader.done) {
    const key = fileKey(reader.text(), reader.text())
    const flags = reader.varint()
    const parts = Array.from({ length: reader.varint() }, () => readContent(reader))
    changes.push({ key, replaces: flags % 2 === 1, deleted: flags >= 2, parts })
  }
  return changes
}

/** Removes a segment. */
export function removeSegment(rows: WritableRows, id: number): void {
  for (const { key } of [...rows.range({ start: segmentRow(id, 0), end: segmentRow(id + 1, 0) })]) rows.remove(key)
}
