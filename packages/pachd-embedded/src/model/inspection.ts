/** Looking for damage: every record leads to records that exist, every tree is in order, every byte is what was written. */
import { CHUNK_ROWS, check, hashOfChunkRow, readChunkLocation } from '../chunks/chunk-store.js'
import type { ChunkStore } from '../chunks/chunk-store.js'
import { LARGE_CHUNK_BYTES, isLarge } from '../chunks/content.js'
import type { Content } from '../chunks/content.js'
import { HASH_BYTES, blake2b256, sha256 } from '../chunks/hashes.js'
import type { Rows } from '../store/store.js'
import type { Totals } from '../tree/tree-node.js'
import { pathOfKey, sumTotals, totalsOfEntry } from '../tree/tree-node.js'
import { EMPTY_ROOT, loadNode } from '../tree/tree-nodes.js'
import { findCommit } from './commit-reference.js'
import { showBranch, showCommit } from './names.js'
import { tables } from './records.js'
import type { CommitRecord } from './records.js'

/** What is wrong with the records: branches, commits and what they are built on. */
export function* inspectRecords(rows: Rows): Generator<string, void, undefined> {
  for (const { branch, head, provenance } of tables.branches.list(rows)) {
    if (!findCommit(rows, { repo: branch.repo, id: head })) yield `branch ${showBranch(branch)}: its head ${head} is missing`
    for (const source of provenance) {
      if (!tables.branches.get(rows, source.repo.project, source.repo.name, source.repo.type, source.name)) yield `branch ${showBranch(branch)}: ${showBranch(source)} in its provenance is missing`
    }
  }
  for (const record of tables.commits.list(rows)) {
    const name = showCommit(record.commit)
    if (!tables.repos.get(rows, record.commit.repo.project, record.commit.repo.name, record.commit.repo.type)) yield `commit ${name}: its repo is missing`
    if (record.parent !== undefined && !findCommit(rows, { repo: record.commit.repo, id: record.parent })) yield `commit ${name}: its parent ${record.parent} is missing`
    for (const source of record.provenance) if (!findCommit(rows, source)) yield `commit ${name}: ${showCommit(source)} in its provenance is missing`
    if (record.finished && record.root === undefined) yield `commit ${name}: it is finished and has no files`
  }
}

/** Everything about a data directory that nobody uses meanwhile. */
export class Inspection {
  private readonly seenNodes = new Map<number, Totals & { readonly firstKey: string; readonly lastKey: string }>()
  private readonly seenManifests = new Set<string>()

  constructor(
    private readonly rows: Rows,
    private readonly chunks: ChunkStore,
  ) {}

  /** One sentence for each thing that is wrong. */
  async *problems(): AsyncGenerator<string, void, undefined> {
    yield* inspectRecords(this.rows)
    for (const record of tables.commits.list(this.rows)) yield* this.inspectCommit(record)
    yield* this.inspectChunks()
  }

  private async *inspectCommit(record: CommitRecord): AsyncGenerator<string> {
    for (const root of new Set([record.root, record.baseRoot, record.folded])) {
      if (root === undefined || root === EMPTY_ROOT) continue
      const found: string[] = []
      const totals = await this.inspectNode(root, found)
      yield* found.map(problem => `commit ${showCommit(record.commit)}: ${problem}`)
      if (totals && root === record.root && record.error === '' && totals.bytes !== record.size) {
        yield `commit ${showCommit(record.commit)}: its size is ${record.size}, its files have ${totals.bytes} bytes`
      }
    }
  }

  private async inspectNode(id: number, found: string[]): Promise<(Totals & { firstKey: string; lastKey: string }) | undefined> {
    const known = this.seenNodes.get(id)
    if (known) return known
    let node
    try {
      node = loadNode(this.rows, id)
    } catch (error) {
      found.push(error instanceof Error ? error.message : String(error))
      return undefined
    }
    let keys: readonly string[]
    let parts: readonly Totals[]
    if (node.kind === 'leaf') {
      keys = node.entries.map(({ key }) => key)
      parts = node.entries.map(totalsOfEntry)
      for (const { key, content } of node.entries) await this.inspectContent(content, pathOfKey(key), found)
    } else {
      keys = node.children.map(({ firstKey }) => firstKey)
      const children: Totals[] = []
      for (const [at, child] of node.children.entries()) {
        const below = await this.inspectNode(child.id, found)
        if (!below) continue
        children.push(below)
        if (below.files !== child.files || below.bytes !== child.bytes || below.tagged !== child.tagged) found.push(`node ${id}: the totals of its child ${child.id} are wrong`)
        const next = node.children[at + 1]?.firstKey
        if (below.firstKey < child.firstKey || (next !== undefined && below.lastKey >= next)) found.push(`node ${id}: its child ${child.id} holds files of another one`)
      }
      parts = children
    }
    if (keys.some((key, at) => at > 0 && key <= (keys[at - 1] ?? ''))) found.push(`node ${id}: it is out of order`)
    const lastChild = node.kind === 'inner' ? this.seenNodes.get(node.children.at(-1)?.id ?? 0)?.lastKey : undefined
    const totals = { ...sumTotals(parts), firstKey: keys[0] ?? '', lastKey: lastChild ?? keys.at(-1) ?? '' }
    this.seenNodes.set(id, totals)
    return totals
  }

  private async inspectContent(content: Content, path: string, found: string[]): Promise<void> {
    if (content.size === 0) return
    const location = this.chunks.locate(content.hash)
    if (!location) {
      found.push(`${path}: its bytes are missing`)
      return
    }
    if (!isLarge(content)) {
      if (location.length !== content.size) found.push(`${path}: its size is ${content.size}, its chunk has ${location.length} bytes`)
      return
    }
    const name = content.hash.toString('latin1')
    if (this.seenManifests.has(name)) return
    this.seenManifests.add(name)
    try {
      const manifest = await this.chunks.read(content.hash, path)
      let bytes = 0
      for (let at = 0; at < manifest.length; at += HASH_BYTES) {
        const chunk = this.chunks.locate(manifest.subarray(at, at + HASH_BYTES))
        if (!chunk) found.push(`${path}: the bytes from ${(at / HASH_BYTES) * LARGE_CHUNK_BYTES} on are missing`)
        bytes += chunk?.length ?? 0
      }
      if (bytes !== content.size) found.push(`${path}: its size is ${content.size}, its chunks have ${bytes} bytes`)
    } catch (error) {
      found.push(error instanceof Error ? error.message : String(error))
    }
  }

  private async *inspectChunks(): AsyncGenerator<string> {
    for (const { key, value } of this.rows.range(CHUNK_ROWS)) {
      const hash = hashOfChunkRow(key)
      const location = readChunkLocation(value)
      const name = `chunk ${hash.toString('hex')} in pack ${location.pack}`
      try {
        const bytes = check(await this.chunks.packs.read(location), location, name)
        if (!sha256(bytes).equals(hash) && !blake2b256(blake2b256(bytes)).equals(hash)) yield `${name}: its bytes do not have its hash`
      } catch (error) {
        yield `${name}: ${error instanceof Error ? error.message : String(error)}`
      }
    }
  }
}
