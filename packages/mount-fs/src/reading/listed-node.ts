/** What pachd says of a file or directory, as a node that a directory can show. */
import type { ListedNode } from './listing.js'

/** Longer names cannot pass through the kernel. */
const MAX_NAME_BYTES = 1024

/** The part of pachd's FileInfo that counts here. */
export interface DescribedFile {
  readonly file?: { readonly path?: string | undefined } | undefined
  readonly fileType?: string | number | undefined
  readonly sizeBytes?: number | undefined
  readonly committed?: { readonly seconds: number; readonly nanos: number } | undefined
  readonly hash?: Uint8Array | undefined
}

const NO_HASH = new Uint8Array(0)

/**
 * The node directly below `prefix`, which ends with a slash. Undefined for what lies elsewhere, and for names that no
 * file system can show: pachd allows none of them, so whoever sends them is no pachd.
 */
export function nodeOf({ file, fileType, sizeBytes = 0, committed, hash = NO_HASH }: DescribedFile, prefix: string, madeAtMs: number): ListedNode | undefined {
  const path = file?.path ?? ''
  const isDirectory = fileType === 'DIR'
  const name = path.slice(prefix.length, path.endsWith('/') ? -1 : undefined)
  if (!path.startsWith(prefix) || name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0') || Buffer.byteLength(name) > MAX_NAME_BYTES) return undefined
  const modifiedMs = committed ? committed.seconds * 1000 + Math.floor(committed.nanos / 1e6) : madeAtMs
  return { name, isDirectory, sizeBytes: Number.isSafeInteger(sizeBytes) && sizeBytes > 0 ? sizeBytes : 0, modifiedMs, hash }
}
