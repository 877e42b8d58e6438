/** Taking in a stream of file operations: bytes into chunks, operations into segments, until the stream ends. */
import type { pfs } from '@jupyterlab-pachyderm/pachd-proto'

import type { ChunkSession } from '../chunks/chunk-store.js'
import { EMPTY_CONTENT, isLarge } from '../chunks/content.js'
import type { Content } from '../chunks/content.js'
import { readManifest } from '../chunks/content-reader.js'
import { HASH_BYTES } from '../chunks/hashes.js'
import { ContentWriter } from '../chunks/content-writer.js'
import { ModelError, refused } from '../model-error.js'
import { checkDatum, checkPrintable, checkWritablePath, cleanPath } from '../model/file-paths.js'
import type { Layer } from '../model/records.js'
import { SegmentBuilder, saveSegment } from '../model/segment.js'
import type { WritableRows } from '../store/store.js'
import { DEFAULT_DATUM } from '../tree/tree-node.js'
import type { Call } from './call.js'
import { openCommit, requireFile } from './pfs-context.js'
import type { PfsContext } from './pfs-context.js'

/** A segment is written down and continued in another one when it has so many changes. */
const SEGMENT_CHANGES = 20_000
/** So many chunks get their index rows in one write: their keys are random, and every write touches most pages of the index. */
const CHUNKS_PER_WRITE = 50_000

/** The operations of one stream. Close it when the commit has them, or when there will be none. */
export class FileUpload {
  private readonly session: ChunkSession
  private readonly writer: ContentWriter
  private builder = new SegmentBuilder()
  private readonly saved: Layer[] = []
  private current: { path: string; datum: string } | undefined
  private readonly inUse: { fromSegment: number }

  constructor(
    private readonly context: PfsContext,
    private readonly call: Call,
  ) {
    this.session = context.pachd.engine.chunks.openSession()
    this.writer = new ContentWriter(this.session)
    this.inUse = context.pachd.engine.protectSegments()
  }

  /** Takes one message of the stream. Throws for what is no operation. */
  async take({ body }: pfs.ModifyFileRequest): Promise<void> {
    switch (body?.$case) {
      case 'addFile': {
        const added = this.addFile(body.addFile)
        if (added) await added
        return
      }
      case 'deleteFile':
        await this.endFile()
        await this.deleteFile(body.deleteFile)
        break
      case 'copyFile':
        await this.endFile()
        await this.copyFile(body.copyFile)
        break
      case 'setCommit':
        throw refused('cannot set commit')
      default:
        throw refused('unrecognized message type')
    }
    await this.saveIfLarge()
  }

  /** Bytes of one file go on in the next message of the same path, so that a file is one content however it was cut. */
  private addFile({ path, datum, source }: pfs.AddFile): Promise<void> | undefined {
    const same = this.current?.path === path && this.current.datum === datum
    if (!same) {
      checkWritablePath(path)
      if (cleanPath(path) === '/') throw refused(`path (${path}) invalid: the root is a directory`)
      checkDatum(datum)
    }
    const bytes = source?.$case === 'raw' ? source.raw : undefined
    if (source?.$case === 'url') return this.addFromUrl(path, datum, source.url.URL)
    const begun = same ? undefined : this.beginFile(path, datum)
    if (begun) return begun.then(() => (bytes ? this.writer.write(bytes) : undefined))
    return bytes ? this.writer.write(bytes) : undefined
  }

  private beginFile(path: string, datum: string): Promise<void> | undefined {
    const ended = this.endFile()
    const begin = () => {
      this.current = { path, datum }
      return this.builder.size >= SEGMENT_CHANGES || this.session.pendingCount >= CHUNKS_PER_WRITE ? this.saveIfLarge() : undefined
    }
    return ended ? ended.then(begin) : begin()
  }

  private endFile(): Promise<void> | undefined {
    if (!this.current) return undefined
    const { path, datum } = this.current
    this.current = undefined
    const content = this.writer.finish()
    const add = (written: Awaited<typeof content>) => this.builder.add(cleanPath(path), datum || DEFAULT_DATUM, written)
    if (content instanceof Promise) return content.then(add)
    add(content)
    return undefined
  }

  private async addFromUrl(path: string, datum: string, url: string): Promise<void> {
    await this.endFile()
    if (!/^https?:\/\//.test(url)) throw refused(`error retrieving content from "${url}": pachd-embedded reads http and https URLs only`)
    const answer = await fetch(url, { signal: this.call.signal }).catch((cause: unknown) => {
      throw new ModelError('UNKNOWN', `error retrieving content from "${url}": ${String(cause)}`, { cause })
    })
    if (answer.status >= 400) throw refused(`error retrieving content from "${url}": ${answer.status} ${answer.statusText}`)
    await this.beginFile(path, datum)
    for await (const bytes of answer.body ?? []) await this.writer.write(bytes as Uint8Array)
    await this.endFile()
  }

  private async deleteFile({ path, datum }: pfs.DeleteFile): Promise<void> {
    checkWritablePath(path)
    checkDatum(datum)
    const clean = cleanPath(path)
    if (!path.endsWith('/')) {
      this.builder.delete(clean, datum || DEFAULT_DATUM)
      return
    }
    if (this.builder.deleteDirectory(clean, datum || DEFAULT_DATUM)) return
    await this.save()
    this.builder.deleteDirectory(clean, datum || DEFAULT_DATUM)
  }

  private async copyFile({ dst, datum, src, append }: pfs.CopyFile): Promise<void> {
    const source = requireFile(src)
    checkPrintable(dst)
    checkDatum(datum)
    const { view } = await openCommit(this.context, this.call, source.commit, ['REPO_READ'], source.datum)
    const from = cleanPath(source.path)
    const item = view.find(from)
    if (!item) return
    const target = cleanPath(dst)
    const base = from === '/' ? '' : from
    const items = item.kind === 'file' ? [item] : view.below(item.path)
    for (const one of items) {
      if (one.kind === 'directory') continue
      const path = item.kind === 'file' ? target : cleanPath(`${target}/${one.path.slice(base.length)}`)
      if (path === '/') throw refused(`path (${dst}) invalid: the root is a directory`)
      const name = datum || DEFAULT_DATUM
      if (!append) this.builder.delete(path, name)
      await this.keepChunks(one.content, path)
      this.builder.add(path, name, one.content.size > 0 ? one.content : EMPTY_CONTENT)
      await this.saveIfLarge()
    }
  }

  /** Keeps what is copied though its commit may be dropped meanwhile. */
  private async keepChunks(content: Content, path: string): Promise<void> {
    if (content.size === 0) return
    this.session.keep(content.hash)
    if (!isLarge(content)) return
    const manifest = await readManifest(this.session, content, path)
    for (let at = 0; at < manifest.length; at += HASH_BYTES) this.session.keep(manifest.subarray(at, at + HASH_BYTES))
  }

  private async saveIfLarge(): Promise<void> {
    if (this.session.pendingCount >= CHUNKS_PER_WRITE) await this.session.flush()
    if (this.builder.size >= SEGMENT_CHANGES) await this.save()
  }

  private async save(): Promise<void> {
    if (this.builder.isEmpty) return
    const segment = this.builder.finish()
    this.builder = new SegmentBuilder()
    const id = await this.context.pachd.store.write(rows => saveSegment(rows, segment))
    this.saved.push({ kind: 'segment', id })
  }

  /** Makes all bytes durable; what is left to do is `layers`, in the write that gives the commit its changes. */
  async finish(): Promise<void> {
    await this.endFile()
    await this.session.flush()
  }

  /** The layers of the stream, the last one written with these rows. */
  layers(rows: WritableRows): Layer[] {
    return this.builder.isEmpty ? this.saved : [...this.saved, { kind: 'segment', id: saveSegment(rows, this.builder.finish()) }]
  }

  /** Lets go of chunks and segments; those that no commit has are collected some time. */
  close(): void {
    this.session.close()
    this.context.pachd.engine.releaseSegments(this.inUse)
  }
}
