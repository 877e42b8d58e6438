/** What stat says about a file, directory or symbolic link. */

/** The attributes of one node. */
export interface Attributes {
  readonly kind: 'file' | 'directory' | 'link'
  readonly sizeBytes: number
  /** Permission bits, without the bits of the kind. */
  readonly mode: number
  /** Last change of the content, in milliseconds since 1970. */
  readonly modifiedMs: number
}

/** One name of a directory with its attributes. */
export interface DirectoryEntry {
  readonly name: string
  readonly attributes: Attributes
}

/** Permission bits of files that pachd keeps; it knows no modes. */
export const FILE_MODE = 0o644
/** Permission bits of directories. */
export const DIRECTORY_MODE = 0o755

/** The attributes of a directory that was last changed at `modifiedMs`. */
export function directoryAttributes(modifiedMs: number): Attributes {
  return { kind: 'directory', sizeBytes: 4096, mode: DIRECTORY_MODE, modifiedMs }
}
