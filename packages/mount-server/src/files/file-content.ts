/** The bytes of a file as a stream that reads no more than is taken. */
import type { FileSystem } from '@jupyterlab-pachyderm/mount-fs'

/** What is read at once. The file system reads ahead by itself. */
const PIECE_BYTES = 256 * 1024

/** The bytes from `offset`, at most `length`; the file is closed when they are taken or nobody wants them any more. Throws FsError. */
export async function* fileContent(fileSystem: FileSystem, path: string, { offset, length, onBytes }: { offset: number; length: number; onBytes?: (count: number) => void }): AsyncGenerator<Uint8Array, void, undefined> {
  const handle = await fileSystem.open(path)
  try {
    let at = offset
    const end = offset + length
    while (at < end) {
      const piece = await fileSystem.read(handle, at, Math.min(PIECE_BYTES, end - at))
      if (piece.length === 0) throw new Error(`${path} has become shorter while it was sent`)
      at += piece.length
      onBytes?.(piece.length)
      yield piece
    }
  } finally {
    await fileSystem.release(handle)
  }
}
