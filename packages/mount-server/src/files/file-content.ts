/** The bytes of an open file as a stream that reads no more than is taken. */
import type { FileSystem } from '@jupyterlab-pachyderm/mount-fs'

import { MountError } from '../errors.js'

/** What is read at once. The file system reads ahead by itself. */
const PIECE_BYTES = 256 * 1024

/** Which bytes of which file. */
export interface ContentRequest {
  /** Open; the caller releases it. */
  readonly handle: number
  /** How messages call the file. */
  readonly path: string
  readonly offset: number
  readonly length: number
  readonly onBytes?: (count: number) => void
}

/**
 * The bytes from `offset`, at most `length`, of one version of the file: the last piece comes only when nothing was written
 * since the first. Throws FsError, and MountError CHANGED.
 */
export async function* fileContent(fileSystem: FileSystem, { handle, path, offset, length, onBytes }: ContentRequest): AsyncGenerator<Uint8Array, void, undefined> {
  const { version } = fileSystem.describe(handle)
  let at = offset
  const end = offset + length
  while (at < end) {
    const piece = await fileSystem.read(handle, at, Math.min(PIECE_BYTES, end - at))
    if (piece.length === 0 || fileSystem.describe(handle).version !== version) throw new MountError('CHANGED', `${path} changed while it was read`)
    at += piece.length
    onBytes?.(piece.length)
    yield piece
  }
}
