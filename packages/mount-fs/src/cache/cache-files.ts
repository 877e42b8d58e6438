/** What the cache does to the disk: the border that a test puts a full or broken disk behind. */
import { randomBytes } from 'node:crypto'
import { access, close, constants, open as openDescriptor, read, writeFile } from 'node:fs'
import { type FileHandle, lutimes, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A file of the cache as a listing shows it. */
export interface CachedFileStatus {
  readonly path: string
  readonly sizeBytes: number
  /** When it was last used, in milliseconds since 1970. */
  readonly usedMs: number
}

/** Every method rejects with the error of the operating system. */
export interface CacheFiles {
  /** Writes a whole file under a name of its own in `scratch` and then gives it its name: it is there whole or not at all. */
  write(path: string, scratch: string, bytes: Uint8Array): Promise<void>
  open(path: string): Promise<FileHandle>
  /** Whether there is a file. */
  has(path: string): Promise<boolean>
  /** Reads a file from its start into `buffer`; resolves to how many bytes came. */
  read(path: string, buffer: Buffer): Promise<number>
  /** Says that the file was used just now. */
  touch(path: string): Promise<void>
  /** A file that is not there is fine. */
  remove(path: string): Promise<void>
  /** The regular files below a directory. */
  list(directory: string): Promise<CachedFileStatus[]>
  /** Free and whole size of the disk that the directory is on, in bytes. */
  disk(directory: string): Promise<{ readonly freeBytes: number; readonly sizeBytes: number }>
}

const STATS_AT_ONCE = 32
/** A link in the place of a file counts as damage. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW

/** The disk of this machine. */
export const localFiles: CacheFiles = {
  async write(path, scratch, bytes) {
    const temporary = join(scratch, `${process.pid}-${randomBytes(8).toString('hex')}`)
    try {
      await written(temporary, bytes)
      await moved(temporary, path)
    } catch (error) {
      await rm(temporary, { force: true })
      throw error
    }
  },
  open: path => open(path, READ),
  has: path => new Promise(resolve => access(path, error => resolve(error === null))),
  read: (path, buffer) =>
    new Promise((resolve, reject) => {
      openDescriptor(path, READ, (missing, file) => {
        if (missing) reject(missing)
        else
          read(file, buffer, 0, buffer.byteLength, 0, (error, bytes) => {
            close(file, () => undefined)
            if (error) reject(error)
            else resolve(bytes)
          })
      })
    }),
  touch: path => lutimes(path, new Date(), new Date()),
  remove: path => rm(path, { force: true }),
  async list(directory) {
    const found = await readdir(directory, { recursive: true, withFileTypes: true })
    const paths = found.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
    const files: CachedFileStatus[] = []
    for (let at = 0; at < paths.length; at += STATS_AT_ONCE) {
      const statuses = await Promise.all(paths.slice(at, at + STATS_AT_ONCE).map(path => status(path)))
      files.push(...statuses.filter(one => one !== undefined))
    }
    return files
  },
  async disk(directory) {
    const { bsize, blocks, bavail } = await statfs(directory)
    return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize }
  },
}

function written(path: string, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => writeFile(path, bytes, { mode: 0o600, flag: 'wx' }, error => (error ? reject(error) : resolve())))
}

async function moved(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ENOENT') throw error
    await mkdir(dirname(to), { recursive: true, mode: 0o700 })
    await rename(from, to)
  }
}

/** Undefined for a file that another process removed meanwhile. */
async function status(path: string): Promise<CachedFileStatus | undefined> {
  try {
    const { size, mtimeMs } = await stat(path)
    return { path, sizeBytes: size, usedMs: mtimeMs }
  } catch {
    return undefined
  }
}
