/** The content of a file in a working copy: read where it is, and brought to the local disk when it is changed. */
import type { FileReader, FileReaders } from '../reading/reader.js'
import { splitPath } from '../path-names.js'
import { type StagedFile, type StageDirectory } from './stage.js'
import type { OpenFile } from '../volume.js'
import { attributesOf, type Content, type FileNode, NO_WORK } from './working-node.js'
import { FsError } from '../errors.js'

const COPY_BYTES = 1024 * 1024

/** Opens and changes contents. */
export class StagedContents {
  readonly #readers: FileReaders
  readonly #stage: StageDirectory

  constructor(readers: FileReaders, stage: StageDirectory) {
    this.#readers = readers
    this.#stage = stage
  }

  /** An empty content. */
  async empty(): Promise<Content> {
    return { at: 'stage', file: await this.#stage.create() }
  }

  /** A content of its own with the same bytes. */
  async copy(content: Content): Promise<Content> {
    return content.at === 'commit' ? content : { at: 'stage', file: await content.file.copy() }
  }

  /** Opens a file. */
  open(node: FileNode, { write }: { write: boolean }): OpenFile {
    let reader: { readonly content: Content; readonly reader: FileReader } | undefined
    let retained: StagedFile | undefined
    const use = (file: StagedFile) => {
      if (retained === file) return file
      file.retain()
      retained?.release()
      retained = file
      return file
    }
    const writable = () => {
      if (!write) throw new FsError('EBADF', 'the file is not open for writing')
    }
    return {
      read: async (offset, length) => {
        const { content } = node
        if (content.at === 'stage') return use(content.file).read(offset, length)
        if (reader?.content !== content) {
          reader?.reader.close()
          reader = { content, reader: this.#reader(content) }
        }
        return reader.reader.read(offset, length)
      },
      write: async (offset, bytes) => {
        writable()
        await this.#change(node, undefined, file => use(file).write(offset, bytes))
      },
      truncate: async sizeBytes => {
        writable()
        await this.truncate(node, sizeBytes)
      },
      sync: async () => {
        if (node.content.at === 'stage') await node.content.file.sync()
      },
      close: () => {
        reader?.reader.close()
        reader = undefined
        retained?.release()
        retained = undefined
        return Promise.resolve()
      },
    }
  }

  /** Cuts or extends a file. */
  truncate(node: FileNode, sizeBytes: number): Promise<void> {
    return this.#change(node, sizeBytes, file => file.truncate(sizeBytes))
  }

  /** Brings the content to the local disk, as far as `keepBytes` (all of it by default), and changes it there. */
  #change(node: FileNode, keepBytes: number | undefined, change: (file: StagedFile) => void): Promise<void> {
    const { content } = node
    if (content.at === 'stage' && content.file.frozen === 0 && !node.isClean && node.work === NO_WORK) {
      return this.#changeNow(node, content.file, change)
    }
    const work = node.work.then(async () => {
      await this.#changeNow(node, await this.#own(node, keepBytes), change)
    })
    const settled: Promise<unknown> = work.then(
      () => undefined,
      () => undefined,
    )
    node.work = settled
    void settled.then(() => {
      if (node.work === settled) node.work = NO_WORK
    })
    return work
  }

  #changeNow(node: FileNode, file: StagedFile, change: (file: StagedFile) => void): Promise<void> {
    try {
      change(file)
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)))
    }
    node.isClean = false
    node.modifiedMs = Date.now()
    return Promise.resolve()
  }

  async #own(node: FileNode, keepBytes: number | undefined): Promise<StagedFile> {
    const { content } = node
    if (content.at === 'stage' && content.file.frozen === 0) return content.file
    const file = content.at === 'stage' ? await content.file.copy() : await this.#fetched(content, Math.min(attributesOf(node).sizeBytes, keepBytes ?? Infinity))
    node.content = { at: 'stage', file }
    return file
  }

  async #fetched(content: Extract<Content, { at: 'commit' }>, wantedBytes: number): Promise<StagedFile> {
    const file = await this.#stage.create()
    if (wantedBytes === 0) return file
    const reader = this.#reader(content)
    file.retain()
    try {
      for (let at = 0; at < wantedBytes; ) {
        const bytes = await reader.read(at, Math.min(COPY_BYTES, wantedBytes - at))
        if (bytes.byteLength === 0) throw new FsError('EIO', `${content.path}: pachd sent ${at} bytes of ${wantedBytes}`)
        file.write(at, bytes)
        at += bytes.byteLength
      }
    } catch (error) {
      file.remove()
      throw error
    } finally {
      reader.close()
      file.release()
    }
    return file
  }

  #reader({ tree, path, sizeBytes }: Extract<Content, { at: 'commit' }>): FileReader {
    return this.#readers.open({ tree, path, sizeBytes, directory: splitPath(path)?.directory ?? '/' })
  }
}
