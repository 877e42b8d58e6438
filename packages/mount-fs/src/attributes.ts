/** What stat says about a file, directory or symbolic link. */

/** A point in time, to the nanosecond. */
export interface Moment {
  /** Whole milliseconds since 1970, negative before. */
  readonly ms: number
  /** Nanoseconds beyond them, below a million. */
  readonly ns: number
}

/** The attributes of one node. */
export interface Attributes {
  readonly kind: 'file' | 'directory' | 'link'
  readonly sizeBytes: number
  /** Permission bits, set-id bits and sticky bit that a program has set; undefined where none has, as everywhere in a commit. */
  readonly mode: number | undefined
  /** Last change of the content, in milliseconds since 1970. */
  readonly modifiedMs: number
  /** Nanoseconds beyond `modifiedMs`, below a million. Default: 0. */
  readonly modifiedNs?: number
  /** Last access, where a program has set it. Default: the last change. */
  readonly accessed?: Moment
}

/** One name of a directory with its attributes. */
export interface DirectoryEntry {
  readonly name: string
  readonly attributes: Attributes
}

/** The attributes of a directory that was last changed at `modifiedMs`. */
export function directoryAttributes(modifiedMs: number): Attributes {
  return { kind: 'directory', sizeBytes: 4096, mode: undefined, modifiedMs }
}
