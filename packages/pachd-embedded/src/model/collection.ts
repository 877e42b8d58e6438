/** Collecting garbage: chunks, nodes and segments that nothing leads to, and the space they take in pack files. */
import { CHUNK_ROWS, chunkRow, hashOfChunkRow, readChunkLocation, writeChunkLocation } from '../chunks/chunk-store.js'
import { isLarge } from '../chunks/content.js'
import type { Content } from '../chunks/content.js'
import { readManifest } from '../chunks/content-reader.js'
import { HashSet } from '../chunks/hash-set.js'
import { HASH_BYTES } from '../chunks/hashes.js'
import type { Range, WritableRows } from '../store/store.js'
import { nextNodeId } from '../tree/tree-editor.js'
import { EMPTY_ROOT, NODE_ROWS, idOfNodeRow, loadNode } from '../tree/tree-nodes.js'
import type { Pachd } from './pachd.js'
import { tables } from './records.js'
import type { Layer } from './records.js'
import { SEGMENT_ROWS, idOfSegmentRow, loadBlock, nextSegmentId, removeSegment } from './segment.js'

/** What a collection removed. */
export interface Collected {
  readonly chunks: number
  readonly nodes: number
  readonly segments: number
  readonly packs: number
}

/** Rows looked at before others get their turn. */
const ROWS_AT_A_TIME = 2000
/** A pack that holds less than this share of live bytes is written anew. */
const WORTH_KEEPING = 0.5

/** One collection. Calls go on meanwhile; what they use or make is kept. */
export class Collection {
  private readonly liveChunks = new HashSet()
  private readonly liveNodes = new Set<number>()
  private readonly liveSegments = new Set<number>()
  private work = 0

  constructor(private readonly pachd: Pachd) {}

  /** Marks what is in use and removes the rest. */
  async run(): Promise<Collected> {
    const { engine, rows } = this.pachd
    // Taken together, before anything is awaited: what is made later has higher numbers, or is touched.
    const settled = engine.chunks.beginCollection()
    const nodeBound = Math.min(nextNodeId(rows), engine.lowestNodeInUse())
    const segmentBound = Math.min(nextSegmentId(rows), engine.lowestSegmentInUse())
    const packBound = engine.chunks.lowestPackInUse()
    try {
      await settled
      await this.forgetExpired()
      await this.mark()
      const chunks = await this.sweep(CHUNK_ROWS, key => !this.liveChunks.has(hashOfChunkRow(key)), (writable, key) => {
        if (engine.chunks.isTouched(hashOfChunkRow(key))) return false
        writable.remove(key)
        return true
      })
      const nodes = await this.sweep(NODE_ROWS, key => idOfNodeRow(key) < nodeBound && !this.liveNodes.has(idOfNodeRow(key)), remove)
      const segments = await this.sweep(SEGMENT_ROWS, key => idOfSegmentRow(key) < segmentBound && !this.liveSegments.has(idOfSegmentRow(key)), (writable, key) => {
        removeSegment(writable, idOfSegmentRow(key))
        return true
      })
      return { chunks, nodes, segments, packs: await this.tidyPacks(packBound) }
    } finally {
      engine.chunks.endCollection()
    }
  }

  private async forgetExpired(): Promise<void> {
    await this.pachd.store.write(rows => {
      for (const { id, expiresMs } of [...tables.fileSets.list(rows)]) if (expiresMs < Date.now()) tables.fileSets.remove(rows, id)
    })
  }

  private async pause(): Promise<void> {
    if (++this.work % ROWS_AT_A_TIME === 0) await new Promise(setImmediate)
  }

  private async mark(): Promise<void> {
    const { rows, engine } = this.pachd
    const roots = new Set<number>(engine.treesInUse())
    const layers: Layer[] = []
    for (const commit of tables.commits.list(rows)) {
      for (const root of [commit.root, commit.baseRoot, commit.folded]) if (root !== undefined) roots.add(root)
      layers.push(...commit.layers)
    }
    for (const fileSet of tables.fileSets.list(rows)) {
      if (fileSet.root !== undefined) roots.add(fileSet.root)
      layers.push(...fileSet.layers)
    }
    for (const layer of layers) {
      if (layer.kind === 'tree') roots.add(layer.root)
      else await this.markSegment(layer.id)
    }
    for (const root of roots) await this.markTree(root)
  }

  private async markSegment(id: number): Promise<void> {
    this.liveSegments.add(id)
    for (let number = 1; ; number++) {
      const changes = loadBlock(this.pachd.rows, id, number)
      if (!changes) return
      for (const { parts } of changes) for (const part of parts) await this.markContent(part)
    }
  }

  private async markTree(root: number): Promise<void> {
    const open = root === EMPTY_ROOT ? [] : [root]
    for (let id = open.pop(); id !== undefined; id = open.pop()) {
      if (this.liveNodes.has(id)) continue
      this.liveNodes.add(id)
      const node = loadNode(this.pachd.rows, id)
      if (node.kind === 'inner') for (const child of node.children) open.push(child.id)
      else for (const { content } of node.entries) await this.markContent(content)
      await new Promise(setImmediate)
    }
  }

  private async markContent(content: Content): Promise<void> {
    if (content.size === 0) return
    if (isLarge(content) && !this.liveChunks.has(content.hash)) {
      const manifest = await readManifest(this.pachd.engine.chunks, content, 'a file that is being collected')
      for (let at = 0; at < manifest.length; at += HASH_BYTES) this.liveChunks.add(Buffer.from(manifest.subarray(at, at + HASH_BYTES)))
    }
    this.liveChunks.add(content.hash)
    await this.pause()
  }

  /** Goes through rows in steps and removes those that are dead and that `take` still finds so inside the write. */
  private async sweep(range: Range, isDead: (key: Uint8Array) => boolean, take: (rows: WritableRows, key: Uint8Array) => boolean): Promise<number> {
    let removed = 0
    for (let start = range.start; ; ) {
      const keys = Array.from(this.pachd.rows.range({ ...range, start, limit: ROWS_AT_A_TIME }), ({ key }) => key)
      const last = keys.at(-1)
      if (!last) return removed
      const dead = keys.filter(isDead)
      if (dead.length > 0) removed += await this.pachd.store.write(rows => dead.filter(key => take(rows, key)).length)
      start = Buffer.concat([last, Buffer.from([0])])
      await new Promise(setImmediate)
    }
  }

  /** Removes packs without live bytes, and moves the rest of those that are mostly dead. */
  private async tidyPacks(bound: number): Promise<number> {
    const { packs } = this.pachd.engine.chunks
    const live = await this.liveBytes()
    let removed = 0
    for (const pack of packs.list().filter(id => id < bound)) {
      const bytes = live.get(pack) ?? 0
      if (bytes > (await packs.size(pack)) * WORTH_KEEPING) continue
      if (bytes > 0) await this.moveChunks(pack)
      await packs.remove(pack)
      removed++
    }
    return removed
  }

  private async liveBytes(): Promise<Map<number, number>> {
    const live = new Map<number, number>()
    for await (const { location } of this.chunkRows()) live.set(location.pack, (live.get(location.pack) ?? 0) + location.length)
    return live
  }

  private async *chunkRows() {
    for (let start: Uint8Array = CHUNK_ROWS.start; ; ) {
      const found = Array.from(this.pachd.rows.range({ ...CHUNK_ROWS, start, limit: ROWS_AT_A_TIME }))
      const last = found.at(-1)
      if (!last) return
      for (const { key, value } of found) yield { hash: hashOfChunkRow(key), location: readChunkLocation(value) }
      start = Buffer.concat([last.key, Buffer.from([0])])
      await new Promise(setImmediate)
    }
  }

  private async moveChunks(pack: number): Promise<void> {
    const { chunks } = this.pachd.engine
    const moved: [Buffer, ReturnType<typeof readChunkLocation>][] = []
    for await (const { hash, location } of this.chunkRows()) {
      if (location.pack !== pack) continue
      const bytes = await chunks.read(hash, 'a chunk that is being moved')
      moved.push([hash, { ...chunks.packs.append([bytes], bytes.length), checksum: location.checksum }])
      await chunks.packs.room()
    }
    await chunks.packs.sync()
    await this.pachd.store.write(rows => {
      for (const [hash, location] of moved) if (rows.get(chunkRow(hash))) rows.put(chunkRow(hash), writeChunkLocation(location))
    })
    await this.pachd.store.durable()
  }
}

function remove(rows: WritableRows, key: Uint8Array): boolean {
  rows.remove(key)
  return true
}

