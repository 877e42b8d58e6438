/** Reading committed files: which way is taken for which file, and what is kept in memory. */
import type { PachdClient } from '@jupyterlab-pachyderm/pachd-client'

import { commitKey } from '../commit-identity.js'
import { fileBytes } from './file-bytes.js'
import { LargeFile } from './large-file.js'
import { SMALL_FILE_BYTES, type TreeFile, SmallFiles } from './small-files.js'

/** A committed file that is open for reading. */
export interface FileReader {
  /** Up to `length` bytes at `offset`; fewer only at the end. Rejects with PachdError. The bytes must not be changed. */
  read(offset: number, length: number): Promise<Uint8Array>
  /** Closing twice is fine. */
  close(): void
}

const DEFAULT_MEMORY_BYTES = 96 * 1024 * 1024

/** Opens the files of the commits of one pachd. Opening asks nothing from pachd. */
export class FileReaders {
  readonly #client: Pick<PachdClient, 'pfs'>
  readonly #small: SmallFiles
  readonly #large = new Map<string, LargeFile>()

  constructor(client: Pick<PachdClient, 'pfs'>, { memoryBytes = DEFAULT_MEMORY_BYTES } = {}) {
    this.#client = client
    this.#small = new SmallFiles(client, memoryBytes)
  }

  /** A reader of `file`; whoever opens it closes it. */
  open(file: TreeFile): FileReader {
    if (file.sizeBytes > SMALL_FILE_BYTES) return this.#openLarge(file)
    return {
      read: async (offset, length) => {
        const content = await this.#small.read(file)
        return content.subarray(offset, offset + length)
      },
      close: () => undefined,
    }
  }

  #openLarge({ tree, path, sizeBytes }: TreeFile): FileReader {
    const key = `${commitKey(tree.commit)}:${path}`
    const shared = this.#large.get(key) ?? new LargeFile((offset, signal) => fileBytes(this.#client, { commit: tree.commit, path, sizeBytes }, offset, signal), sizeBytes)
    this.#large.set(key, shared)
    const reader = shared.open()
    return {
      read: reader.read,
      close: () => {
        reader.close()
        if (shared.readerCount === 0 && this.#large.get(key) === shared) this.#large.delete(key)
      },
    }
  }
}
