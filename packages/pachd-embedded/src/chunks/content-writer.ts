/** Turning a stream of bytes into content: one chunk while it is small, fixed chunks once it is large. */
import type { ChunkSession } from './chunk-store.js'
import { EMPTY_CONTENT, LARGE_CHUNK_BYTES, LARGE_CONTENT_BYTES, isLarge } from './content.js'
import type { Content } from './content.js'
import { readContentBytes, readManifest } from './content-reader.js'
import { HASH_BYTES, blake2b256, sha256, sha256InThread } from './hashes.js'

/** So many chunks may be hashed at the same time; more would only fill memory. */
const CHUNKS_UNDER_WAY = 4

/** Takes the bytes of one file in order. */
export class ContentWriter {
  private parts: Uint8Array[] = []
  private buffered = 0
  private size = 0
  private keys: Buffer[] = []
  private underWay: Promise<void>[] = []

  constructor(private readonly session: ChunkSession) {}

  /** Takes bytes, which the caller must not change any more. A returned promise asks the caller to wait before the next bytes. */
  write(bytes: Uint8Array): Promise<void> | undefined {
    if (bytes.length === 0) return undefined
    this.parts.push(bytes)
    this.buffered += bytes.length
    this.size += bytes.length
    if (this.size < LARGE_CONTENT_BYTES || this.buffered < LARGE_CHUNK_BYTES) return undefined
    return this.cutFullChunks()
  }

  private async cutFullChunks(): Promise<void> {
    const all = this.parts.length === 1 && this.parts[0] ? this.parts[0] : Buffer.concat(this.parts)
    let start = 0
    for (; start + LARGE_CHUNK_BYTES <= all.length; start += LARGE_CHUNK_BYTES) {
      await this.addChunk(all.subarray(start, start + LARGE_CHUNK_BYTES))
    }
    this.parts = start < all.length ? [all.subarray(start)] : []
    this.buffered = all.length - start
  }

  private async addChunk(chunk: Uint8Array): Promise<void> {
    const index = this.keys.length
    this.keys.push(Buffer.alloc(0))
    const added = sha256InThread(chunk).then(hash => {
      this.keys[index] = hash
      this.session.add(hash, [chunk], chunk.length)
    })
    added.catch(() => undefined)
    this.underWay.push(added)
    if (this.underWay.length >= CHUNKS_UNDER_WAY) {
      await this.underWay.shift()
      await this.session.room()
    }
  }

  /** The content of what was written. The writer is empty afterwards and can take the next file. */
  finish(): Content | Promise<Content> {
    if (this.size >= LARGE_CONTENT_BYTES) return this.finishLarge()
    const content = this.size === 0 ? EMPTY_CONTENT : this.finishSmall()
    this.reset()
    return content
  }

  private finishSmall(): Content {
    const hash = blake2b256(blake2b256(...this.parts))
    this.session.add(hash, this.parts, this.size)
    return { size: this.size, hash }
  }

  private async finishLarge(): Promise<Content> {
    if (this.buffered > 0) {
      await this.cutFullChunks()
      const rest = this.parts[0]
      if (rest) await this.addChunk(rest)
    }
    await Promise.all(this.underWay)
    const manifest = Buffer.concat(this.keys)
    const content = { size: this.size, hash: sha256(manifest) }
    this.session.add(content.hash, [manifest], manifest.length)
    this.reset()
    return content
  }

  private reset(): void {
    this.parts = []
    this.buffered = 0
    this.size = 0
    this.keys = []
    this.underWay = []
  }

  /** Starts with content that is there already, without reading more of it than its last chunk. */
  async begin(content: Content, owner: string): Promise<void> {
    if (!isLarge(content)) {
      for await (const bytes of readContentBytes(this.session, content, { owner })) await this.write(bytes)
      return
    }
    const manifest = await readManifest(this.session, content, owner)
    const fullChunks = Math.floor(content.size / LARGE_CHUNK_BYTES)
    for (let i = 0; i < fullChunks; i++) {
      const key = manifest.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES)
      this.session.keep(key)
      this.keys.push(key)
    }
    this.size = fullChunks * LARGE_CHUNK_BYTES
    if (content.size > this.size) {
      await this.write(await this.session.read(manifest.subarray(fullChunks * HASH_BYTES), owner))
    }
  }
}

/** The content that holds the bytes of all `contents` in order. */
export async function joinContents(session: ChunkSession, contents: readonly Content[], owner: string): Promise<Content> {
  const parts = contents.filter(content => content.size > 0)
  const [first, ...others] = parts
  if (!first) return EMPTY_CONTENT
  if (others.length === 0) return first
  const writer = new ContentWriter(session)
  await writer.begin(first, owner)
  for (const other of others) {
    for await (const bytes of readContentBytes(session, other, { owner })) await writer.write(bytes)
    // Many small chunks are not to pile up in the session.
    if (session.pendingCount > 10_000) await session.flush()
  }
  return writer.finish()
}
