/** What stands under one name of the mount: a commit to read, or a working copy to change. */
import type { Attributes, DirectoryEntry, Moment } from './attributes.js'
import type { EntryPage, PageQuery } from './reading/sorted-names.js'

/** An open file at one moment. `version` is another text after each change of the content. */
export interface FileState {
  readonly attributes: Attributes
  readonly version: string
}

/** An open file. Whoever opens it closes it. */
export interface OpenFile {
  /** What the file is now. */
  describe(): FileState
  /** Up to `length` bytes at `offset`; fewer only at the end of the file. Rejects with FsError or PachdError. */
  read(offset: number, length: number): Promise<Uint8Array>
  /** The same without a copy, where that is possible: the bytes are good until whoever awaits this has let other work run. */
  borrow?(offset: number, length: number): Promise<Uint8Array>
  /** Writes all of `bytes` at `offset`. Throws FsError EBADF when not open for writing. */
  write(offset: number, bytes: Uint8Array): Promise<void>
  /** Cuts or extends the file to `sizeBytes`. */
  truncate(sizeBytes: number): Promise<void>
  /** Makes what was written safe against a crash of the machine. */
  sync(): Promise<void>
  /** Closing twice is fine. */
  close(): Promise<void>
}

/** New times; one that is undefined stays. */
export interface TimeChange {
  readonly modified?: Moment | undefined
  readonly accessed?: Moment | undefined
}

/** A change of attributes; what is left out stays. */
export interface AttributeChange extends TimeChange {
  readonly mode?: number
}

/** How to rename. */
export interface RenameOptions {
  /** Whether a file, or an empty directory, at the new path gives way. Default: true. */
  readonly replace?: boolean
}

/** Paths are clean and absolute below the volume. Every method rejects with FsError or PachdError. */
export interface Volume {
  readonly isWritable: boolean
  /** Undefined when there is nothing at `path`. */
  find(path: string): Promise<Attributes | undefined>
  list(path: string): Promise<DirectoryEntry[]>
  /** Some of the entries of a directory, by name, without the work that the others would be. */
  page(path: string, query: PageQuery): Promise<EntryPage>
  open(path: string, options: { write: boolean }): Promise<OpenFile>
  create(path: string, mode?: number): Promise<OpenFile>
  truncate(path: string, sizeBytes: number): Promise<void>
  change(path: string, change: AttributeChange): Promise<void>
  makeDirectory(path: string, mode?: number): Promise<void>
  removeDirectory(path: string): Promise<void>
  remove(path: string): Promise<void>
  /** Replaces what is at `to`, as POSIX does; with `replace: false` that is EEXIST. */
  rename(from: string, to: string, options?: RenameOptions): Promise<void>
  /**
   * Refuses with EPERM, since pachd has one name for each file. One case is a copy, which clients of the original know: an unchanged
   * file of the commit, with the new name in a directory of the commit.
   */
  link(from: string, to: string): Promise<void>
  makeSymbolicLink(target: string, path: string): Promise<void>
  readSymbolicLink(path: string): Promise<string>
  /** Makes changed names safe against a crash of the machine. Left out where there are none. */
  sync?(): Promise<void>
}
