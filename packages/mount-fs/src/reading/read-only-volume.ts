/** A pinned commit as a volume that refuses every change. */
import type { Attributes, DirectoryEntry } from '../attributes.js'
import { commitKey } from '../commit-identity.js'
import { FsError } from '../errors.js'
import { childPath, splitPath } from '../path-names.js'
import type { PathSelection } from '../path-selection.js'
import type { FileReaders } from './reader.js'
import { type EntryPage, pageOf, type PageQuery } from './sorted-names.js'
import type { CommitTree } from './tree.js'
import type { OpenFile, Volume } from '../volume.js'

/** Shows the selected part of a commit. `name` is how messages call the mount. */
export class ReadOnlyVolume implements Volume {
  readonly isWritable = false
  readonly #name: string
  readonly #tree: CommitTree
  readonly #selection: PathSelection
  readonly #readers: FileReaders

  constructor(name: string, tree: CommitTree, selection: PathSelection, readers: FileReaders) {
    this.#name = name
    this.#tree = tree
    this.#selection = selection
    this.#readers = readers
  }

  async find(path: string): Promise<Attributes | undefined> {
    return this.#selection.shows(path) ? this.#tree.find(path) : undefined
  }

  async list(path: string): Promise<DirectoryEntry[]> {
    const listing = await this.#tree.list(path)
    const entries: DirectoryEntry[] = []
    const everything = this.#selection.isEverything
    for (const [name, attributes] of listing) {
      if (everything || this.#selection.shows(childPath(path, name))) entries.push({ name, attributes })
    }
    return entries
  }

  async page(path: string, query: PageQuery): Promise<EntryPage> {
    const isBeginning = query.partial === true && query.search === '' && query.after === undefined && this.#selection.isEverything
    const entries = isBeginning ? await this.#tree.begin(path, query.limit) : undefined
    if (entries) return { entries, total: undefined, isLast: false }
    const { sorted } = await this.#tree.list(path)
    return this.#selection.isEverything ? pageOf(sorted, query) : pageOf(sorted, query, name => this.#selection.shows(childPath(path, name)))
  }

  async open(path: string, { write }: { write: boolean }): Promise<OpenFile> {
    if (write) throw this.#refusal()
    const attributes = await this.find(path)
    if (!attributes) throw new FsError('ENOENT', `${this.#name}: no such file: ${path}`)
    if (attributes.kind === 'directory') throw new FsError('EISDIR', `${this.#name}: is a directory: ${path}`)
    const place = splitPath(path)
    const reader = this.#readers.open({ tree: this.#tree, path, sizeBytes: attributes.sizeBytes, directory: place?.directory ?? '/' })
    const refuse = () => Promise.reject(this.#refusal())
    return {
      describe: () => ({ attributes, version: commitKey(this.#tree.commit) }),
      read: (offset, length) => reader.read(offset, length),
      borrow: (offset, length) => reader.borrow(offset, length),
      write: refuse,
      truncate: refuse,
      sync: () => Promise.resolve(),
      close: () => {
        reader.close()
        return Promise.resolve()
      },
    }
  }

  create = () => this.#refuse()
  truncate = () => this.#refuse()
  change = () => this.#refuse()
  makeDirectory = () => this.#refuse()
  removeDirectory = () => this.#refuse()
  remove = () => this.#refuse()
  rename = () => this.#refuse()
  link = () => this.#refuse()
  makeSymbolicLink = () => this.#refuse()
  readSymbolicLink = (path: string): Promise<string> => Promise.reject(new FsError('EINVAL', `${this.#name}: not a symbolic link: ${path}`))

  #refuse(): Promise<never> {
    return Promise.reject(this.#refusal())
  }

  #refusal(): FsError {
    return new FsError('EROFS', `${this.#name} is mounted read-only; mount it with mode "rw" to write`)
  }
}
