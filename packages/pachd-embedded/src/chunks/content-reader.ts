/** Reading the bytes of content, from any offset, each chunk checked. */
import { isLarge, LARGE_CHUNK_BYTES } from './content.js'
import type { Content } from './content.js'
import { HASH_BYTES } from './hashes.js'

/** What can hand out a chunk: the chunk store, or a session that has chunks of its own. */
export interface ChunkSource {
  read(hash: Uint8Array, owner: string): Promise<Buffer>
}

/** Where to start, and the name of the file for errors. */
export interface ReadOptions {
  readonly offset?: number
  readonly owner: string
}

/** The size of the first piece of large content: it fits into the window that HTTP/2 opens with. */
const FIRST_PIECE_BYTES = 32 * 1024
/** So many chunks are read ahead of the one that is handed out. */
const CHUNKS_AHEAD = 4

/** The keys of the chunks of large content, one behind the other. */
export function readManifest(source: ChunkSource, content: Content, owner: string): Promise<Buffer> {
  return source.read(content.hash, owner)
}

/** The bytes from `offset` on, in pieces of at most 1 MiB; none at or behind the end. Rejects with DATA_LOSS. */
export async function* readContentBytes(source: ChunkSource, content: Content, { offset = 0, owner }: ReadOptions): AsyncGenerator<Buffer, void, undefined> {
  if (offset >= content.size) return
  if (!isLarge(content)) {
    yield (await source.read(content.hash, owner)).subarray(offset)
    return
  }
  const manifest = await readManifest(source, content, owner)
  const first = Math.floor(offset / LARGE_CHUNK_BYTES)
  const last = manifest.length / HASH_BYTES
  const ahead: Promise<Buffer>[] = []
  for (let next = first, at = first; at < last; at++) {
    // The first chunk alone, so that it comes soon.
    for (; next < last && next <= (at === first ? at : at + CHUNKS_AHEAD); next++) {
      const chunk = source.read(manifest.subarray(next * HASH_BYTES, (next + 1) * HASH_BYTES), owner)
      chunk.catch(() => undefined)
      ahead.push(chunk)
    }
    const chunk = await ahead.shift()
    if (!chunk) continue
    if (at > first) {
      yield chunk
      continue
    }
    // A small piece first, so that the reader sees it soon; a copy, since a header may be written in front of the rest.
    const rest = chunk.subarray(offset - first * LARGE_CHUNK_BYTES)
    yield Buffer.from(rest.subarray(0, FIRST_PIECE_BYTES))
    if (rest.length > FIRST_PIECE_BYTES) yield rest.subarray(FIRST_PIECE_BYTES)
  }
}
