/** A file that comes in one request: it appears when all of it has arrived, or not at all. */
import { type Attributes, FsError, type FileSystem } from '@jupyterlab-pachyderm/mount-fs'
import { randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

const PIECE_BYTES = 1024 * 1024

/**
 * Puts the bytes of `content` in place of the file at `path`, and makes the directories that lead there. What breaks
 * off leaves everything as it was. Bytes that arrive wait in `waitingRoom`, a directory on a local disk. Resolves to the number of bytes. Rejects with FsError, or with what `content` fails with.
 */
export async function upload(fileSystem: FileSystem, path: string, content: Readable, { waitingRoom, onBytes }: { waitingRoom: string; onBytes: (count: number) => void }): Promise<number> {
  const mode = await modeOfPlace(fileSystem, path)
  await mkdir(waitingRoom, { recursive: true, mode: 0o700 }).catch(translated)
  const folder = await mkdtemp(join(waitingRoom, 'upload-')).catch(translated)
  try {
    const arrived = join(folder, 'content')
    content.on('data', (piece: Buffer) => onBytes(piece.length))
    await pipeline(content, createWriteStream(arrived, { mode: 0o600 })).catch(translated)
    await makeDirectories(fileSystem, parentOf(path))
    // Under a name of its own until it is whole: nobody reads, and no commit takes, half a file under the right name.
    const temporary = `${parentOf(path)}/.upload-${randomUUID()}`
    try {
      const sizeBytes = await copyIn(fileSystem, arrived, temporary, mode)
      await fileSystem.rename(temporary, path)
      return sizeBytes
    } catch (error) {
      await fileSystem.unlink(temporary).catch(() => undefined)
      throw error
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Makes the directory at `path` and those that lead there; one that is there is left alone. Throws FsError. */
export async function makeDirectories(fileSystem: FileSystem, path: string): Promise<void> {
  const names = path.split('/').slice(2)
  let place = `/${path.split('/')[1] ?? ''}`
  for (const name of names) {
    place = `${place}/${name}`
    const kind = (await attributesOf(fileSystem, place))?.kind
    if (kind === undefined) await fileSystem.mkdir(place)
    else if (kind !== 'directory') throw new FsError('ENOTDIR', `${place}: not a directory`)
  }
}

/** Deletes the directory at `path` and all below it. Throws FsError. */
export async function removeTree(fileSystem: FileSystem, path: string): Promise<void> {
  for (const { name, attributes } of await fileSystem.readdir(path)) {
    if (attributes.kind === 'directory') await removeTree(fileSystem, `${path}/${name}`)
    else await fileSystem.unlink(`${path}/${name}`)
  }
  await fileSystem.rmdir(path)
}

/** The mode of the file that the upload replaces: a private file stays private. Throws FsError where no file can be. */
async function modeOfPlace(fileSystem: FileSystem, path: string): Promise<number | undefined> {
  await fileSystem.stat(`/${path.split('/')[1] ?? ''}`)
  if (!fileSystem.isWritable(path)) throw new FsError('EROFS', `${path} is in a mount that is read-only`)
  const present = await attributesOf(fileSystem, path)
  if (present?.kind === 'directory') throw new FsError('EISDIR', `${path}: is a directory`)
  return present?.mode
}

async function attributesOf(fileSystem: FileSystem, path: string): Promise<Attributes | undefined> {
  try {
    return await fileSystem.stat(path)
  } catch (error) {
    if (error instanceof FsError && error.code === 'ENOENT') return undefined
    throw error
  }
}

async function copyIn(fileSystem: FileSystem, source: string, path: string, mode: number | undefined): Promise<number> {
  const handle = await fileSystem.create(path, mode)
  try {
    let at = 0
    for await (const piece of createReadStream(source, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Buffer>) {
      await fileSystem.write(handle, at, piece)
      at += piece.length
    }
    return at
  } finally {
    await fileSystem.release(handle)
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}

/** The local disk speaks errno, and so does the file system. */
function translated(error: unknown): never {
  throw FsError.from(error)
}
