/** Reading committed files: which way is taken for which file, and what is kept in memory and on disk. */
import type { PachdClient } from '@jupyterlab-pachyderm/pachd-client'

import { BLOCK_BYTES, type DiskCache } from '../cache/disk-cache.js'
import { commitKey, type CommitIdentity } from '../commit-identity.js'
import { BlockMemory } from './block-memory.js'
import { CachedFile } from './cached-file.js'
import { ContentCheck } from './content-check.js'
import { fileBytes, wholeFile } from './file-bytes.js'
import { KeptContents } from './kept-contents.js'
import { LargeFile } from './large-file.js'
import { type FetchMeter, metered } from './metered-bytes.js'
import { SMALL_FILE_BYTES, SmallFiles } from './small-files.js'
import type { TreeFile } from './tree.js'

/** A committed file that is open for reading. */
export interface FileReader {
  /** Up to `length` bytes at `offset`; fewer only at the end. Rejects with PachdError. The bytes must not be changed. */
  read(offset: number, length: number): Promise<Uint8Array>
  /** The same without a copy: the bytes are good until whoever awaits this has let other work run. */
  borrow(offset: number, length: number): Promise<Uint8Array>
  /** Closing twice is fine. */
  close(): void
}

/** What pachd sends of a large file, from some offset to its end or until nobody wants more; or of several small files of a directory. */
export interface FileFetch {
  readonly commit: CommitIdentity
  /** Of the file within the commit, or of the directory. */
  readonly path: string
  /** At most so many bytes come. */
  readonly totalBytes: number
}

/** What readers keep where, and who hears of it. */
export interface FileReadersOptions {
  /** For small files, in bytes; a quarter of it more is for blocks of large ones. Default 96 MiB. */
  readonly memoryBytes?: number
  /** A cache on disk, and the name of the cluster in it. */
  readonly disk?: { readonly cache: DiskCache; readonly cluster: string } | undefined
  /** Told when pachd begins to send of a large file, or of several small ones. */
  readonly onFetch?: ((fetch: FileFetch) => FetchMeter) | undefined
  /** Told in one sentence of bytes that were wrong and right when they were read again, and of a pachd whose bytes cannot be checked. */
  readonly onNotice?: ((sentence: string) => void) | undefined
}

const DEFAULT_MEMORY_BYTES = 96 * 1024 * 1024

/** Opens the files of the commits of one pachd. Opening asks nothing from pachd. */
export class FileReaders {
  readonly #client: Pick<PachdClient, 'pfs'>
  readonly #onFetch: FileReadersOptions['onFetch']
  readonly #check: ContentCheck
  readonly #small: SmallFiles
  readonly #large = new Map<string, LargeFile | CachedFile>()
  readonly #kept: KeptContents | undefined
  readonly #blocks: BlockMemory | undefined

  constructor(client: Pick<PachdClient, 'pfs'>, { memoryBytes = DEFAULT_MEMORY_BYTES, disk, onFetch, onNotice = () => undefined }: FileReadersOptions = {}) {
    this.#client = client
    this.#onFetch = onFetch
    this.#kept = disk && new KeptContents(disk.cache, disk.cluster)
    this.#blocks = disk && new BlockMemory(disk.cache, Math.max(2, Math.floor(memoryBytes / (4 * BLOCK_BYTES))))
    this.#check = new ContentCheck(client, onNotice)
    this.#small = new SmallFiles({ client, check: this.#check, maxBytes: memoryBytes, kept: this.#kept, onFetch })
  }

  /** A reader of `file`; whoever opens it closes it. */
  open(file: TreeFile): FileReader {
    if (file.sizeBytes > SMALL_FILE_BYTES) return this.#openLarge(file)
    const read = async (offset: number, length: number) => {
      const content = await this.#small.read(file)
      return content.subarray(offset, offset + length)
    }
    return {
      read,
      borrow: read,
      close: () => undefined,
    }
  }

  #openLarge(file: TreeFile): FileReader {
    const key = `${commitKey(file.tree.commit)}:${file.path}`
    const shared = this.#large.get(key) ?? this.#newLarge(file)
    this.#large.set(key, shared)
    const reader = shared.open()
    let isOpen = true
    return {
      read: async (offset, length) => ('borrow' in reader ? Uint8Array.prototype.slice.call(await reader.borrow(offset, length)) : reader.read(offset, length)),
      borrow: 'borrow' in reader ? reader.borrow : reader.read,
      close: () => {
        if (!isOpen) return
        isOpen = false
        reader.close()
        if (shared.readerCount === 0 && this.#large.get(key) === shared) this.#large.delete(key)
      },
    }
  }

  #newLarge(file: TreeFile): LargeFile | CachedFile {
    const { tree, path, sizeBytes } = file
    const openBytes = (offset: number, signal: AbortSignal) => {
      const bytes = this.#check.covers(file) ? this.#checkedBytes(file, offset, signal) : fileBytes(this.#client, { commit: tree.commit, path, sizeBytes }, offset, signal)
      return this.#onFetch ? metered(bytes, this.#onFetch({ commit: tree.commit, path, totalBytes: sizeBytes - offset })) : bytes
    }
    const content = this.#kept?.nameOf(file)
    if (!this.#blocks || content === undefined) return new LargeFile(openBytes, sizeBytes)
    return new CachedFile(openBytes, sizeBytes, content, this.#blocks)
  }

  /** Of a file that has a hash all bytes are read before any is passed on; pachd sends so many in one message. */
  async *#checkedBytes(file: TreeFile, offset: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const { tree: { commit }, path, sizeBytes } = file
    const read = () => wholeFile(this.#client, { commit, path, sizeBytes }, signal)
    const bytes = await read()
    yield (this.#check.accepts(file, bytes) ? bytes : await this.#check.settle(file, bytes, read)).subarray(offset)
  }
}
