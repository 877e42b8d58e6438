/** The content of a file in a working copy: read where it is, and changed on the local disk. */
import { FsError } from '../errors.js'
import { splitPath } from '../path-names.js'
import type { FileReader, FileReaders } from '../reading/reader.js'
import type { OpenFile } from '../volume.js'
import { contentChanged, contentVersion } from './content-version.js'
import { Extents } from './extents.js'
import type { StageArea } from './stage-area.js'
import type { StagedFile } from './staged-file.js'
import { attributesOf, type CommittedContent, type Content, type FileNode, NO_WORK } from './working-node.js'
import type { WorkingTree } from './working-tree.js'

/** A content that is open for reading. */
interface ContentReader {
  read(offset: number, length: number): Promise<Uint8Array>
  close(): void
}

/** Opens and changes contents. */
export class StagedContents {
  readonly #readers: FileReaders
  readonly #area: StageArea
  readonly #tree: WorkingTree

  constructor(readers: FileReaders, tree: WorkingTree) {
    this.#readers = readers
    this.#tree = tree
    this.#area = tree.area
  }

  /** An empty content. */
  empty(): Content {
    return { at: 'stage', file: this.#area.createFile() }
  }

  /** Reads a content, whoever changes the file meanwhile; whoever opens it closes it. */
  reader(content: Content): ContentReader {
    if (content.at === 'commit') return this.#openCommitted(content)
    const { file } = content
    const base = file.under && this.#openCommitted(file.under.base)
    file.retain()
    let isClosed = false
    return {
      read: (offset, length) => (base ? readOver(file, base, offset, length) : Promise.resolve(file.readLocal(offset, length))),
      close: () => {
        if (isClosed) return
        isClosed = true
        base?.close()
        file.release()
      },
    }
  }

  /** Opens a file that is at `path`. */
  open(node: FileNode, path: string, { write }: { write: boolean }): OpenFile {
    if (write) this.#tree.note(node, path)
    let open: { readonly content: Content; readonly reader: ContentReader } | undefined
    const reader = () => {
      if (open?.content !== node.content) {
        open?.reader.close()
        open = { content: node.content, reader: this.reader(node.content) }
      }
      return open.reader
    }
    const writable = () => {
      if (!write) throw new FsError('EBADF', 'the file is not open for writing')
    }
    return {
      describe: () => ({ attributes: attributesOf(node), version: contentVersion(node) }),
      read: (offset, length) => reader().read(offset, length),
      write: async (offset, bytes) => {
        writable()
        await this.#change(node, file => {
          reader()
          file.write(offset, bytes)
        })
      },
      truncate: async sizeBytes => {
        writable()
        await this.truncate(node, path, sizeBytes)
      },
      sync: async () => {
        await node.work
        if (node.content.at === 'stage') await node.content.file.sync()
        await this.#area.sync()
      },
      close: () => {
        open?.reader.close()
        open = undefined
        return Promise.resolve()
      },
    }
  }

  /** Cuts or extends the file at `path`. */
  truncate(node: FileNode, path: string, sizeBytes: number): Promise<void> {
    this.#tree.note(node, path)
    return this.#change(node, file => file.truncate(sizeBytes))
  }

  /** Changes the content on the local disk. One that a commit reads stays as it is, and the change is made in a copy. */
  #change(node: FileNode, change: (file: StagedFile) => void): Promise<void> {
    const { content } = node
    if (content.at === 'stage' && content.file.frozen === 0 && node.work === NO_WORK) return this.#changeNow(node, content.file, change)
    if (content.at === 'commit' && node.work === NO_WORK) {
      const file = over(this.#area, content)
      this.#tree.setContent(node, { at: 'stage', file })
      return this.#changeNow(node, file, change)
    }
    const work = node.work.then(async () => {
      await this.#changeNow(node, await this.#own(node), change)
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
      if (node.isClean) this.#tree.setContent(node, node.content)
      change(file)
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)))
    }
    node.modifiedMs = Date.now()
    contentChanged(node)
    return Promise.resolve()
  }

  async #own(node: FileNode): Promise<StagedFile> {
    const { content } = node
    if (content.at === 'stage' && content.file.frozen === 0) return content.file
    const file = content.at === 'stage' ? await content.file.copy() : over(this.#area, content)
    this.#tree.setContent(node, { at: 'stage', file })
    return file
  }

  #openCommitted({ tree, path, sizeBytes }: CommittedContent): FileReader {
    return this.#readers.open({ tree, path, sizeBytes, directory: splitPath(path)?.directory ?? '/' })
  }
}

function over(area: StageArea, base: CommittedContent): StagedFile {
  if (base.sizeBytes === 0) return area.createFile()
  const file = area.createFile({ base, limit: base.sizeBytes, own: new Extents() })
  file.truncate(base.sizeBytes)
  return file
}

async function readOver(file: StagedFile, base: ContentReader, offset: number, length: number): Promise<Uint8Array> {
  const missing = file.missing(offset, length)
  if (missing.length === 0) return file.readLocal(offset, length)
  const parts = await Promise.all(missing.map(async ({ start, end }) => ({ start, bytes: await readAll(base, start, end) })))
  // The local part is read last: what was written while pachd answered counts.
  const bytes = file.readLocal(offset, length)
  for (const { start, bytes: part } of parts) {
    for (const { start: from, end: to } of file.missing(start, part.byteLength)) bytes.set(part.subarray(from - start, to - start), from - offset)
  }
  return bytes
}

async function readAll(base: ContentReader, start: number, end: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for (let at = start; at < end; ) {
    const bytes = await base.read(at, end - at)
    if (bytes.byteLength === 0) throw new FsError('EIO', `pachd sent ${at} bytes of a file that has more`)
    parts.push(bytes)
    at += bytes.byteLength
  }
  return Buffer.concat(parts)
}
