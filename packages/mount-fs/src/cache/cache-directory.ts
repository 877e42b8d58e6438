/** The directory of the cache: made private, recognised by a file with the version of its format, emptied when that is an old one. */
import { constants } from 'node:fs'
import { chmod, lstat, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { FsError } from '../errors.js'
import { makePrivateDirectory } from '../private-directory.js'

/** Where the parts of a cache are. */
export interface CacheDirectory {
  readonly root: string
  /** Blocks of large files, each in a file. */
  readonly blocks: string
  /** Small files, many in a file. */
  readonly packs: string
  /** Files that are being written. */
  readonly scratch: string
}

const FORMAT = 1
const FORMAT_FILE = 'format'
const FORMAT_TEXT = /^jupyterlab-pachyderm cache, format (\d+)\n$/
/** What a process that ended while it wrote left behind is removed after this time. */
const STALE_SCRATCH_MS = 3_600_000

/**
 * Makes the directory usable, with mode 0700. An older format is emptied. Throws FsError when it belongs to somebody
 * else, holds other files, or has a format of a later version; nothing in it is touched then.
 */
export async function openCacheDirectory(root: string): Promise<CacheDirectory> {
  makePrivateDirectory(root)
  const owners = [await lstat(root), await stat(root)].map(({ uid }) => uid)
  if (process.getuid && owners.some(uid => uid !== process.getuid?.())) throw new FsError('EACCES', `the cache directory ${root} belongs to another user; choose another one with --cache-dir`)
  const format = await formatOf(root)
  if (format !== undefined && format > FORMAT) {
    throw new FsError('ENOTSUP', `the cache in ${root} was written by a later version (format ${format}, this version knows ${FORMAT}); choose another directory with --cache-dir, or remove it`)
  }
  await chmod(root, 0o700)
  const directory = { root, blocks: join(root, 'blocks'), packs: join(root, 'packs'), scratch: join(root, 'scratch') }
  const parts = [directory.blocks, directory.packs, directory.scratch]
  if (format !== FORMAT) for (const part of parts) await rm(part, { recursive: true, force: true })
  for (const part of [root, ...parts]) await removeLinks(part)
  for (const part of parts) await mkdir(part, { recursive: true, mode: 0o700 })
  await writeFile(join(root, FORMAT_FILE), `jupyterlab-pachyderm cache, format ${FORMAT}\n`, { mode: 0o600, flag: constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW })
  await removeStale(directory.scratch)
  return directory
}

/** The format that the directory says it has; undefined for an empty one. Throws FsError for any other directory. */
async function formatOf(root: string): Promise<number | undefined> {
  const names = await readdir(root)
  if (names.length === 0) return undefined
  const isFile = names.includes(FORMAT_FILE) && (await lstat(join(root, FORMAT_FILE))).isFile()
  const text = isFile ? await readFile(join(root, FORMAT_FILE), 'utf8') : ''
  const [, format] = FORMAT_TEXT.exec(text) ?? []
  if (format === undefined) throw new FsError('EEXIST', `the cache directory ${root} holds other files; give --cache-dir an empty or a new directory`)
  return Number(format)
}

/** The cache makes no links: whoever put one here wants to have what is kept elsewhere. */
async function removeLinks(directory: string): Promise<void> {
  const found = await readdir(directory, { withFileTypes: true }).catch(() => [])
  for (const entry of found) if (entry.isSymbolicLink()) await rm(join(directory, entry.name), { force: true })
}

async function removeStale(scratch: string): Promise<void> {
  for (const name of await readdir(scratch)) {
    const path = join(scratch, name)
    const age = Date.now() - (await stat(path).then(({ mtimeMs }) => mtimeMs, () => Date.now()))
    if (age > STALE_SCRATCH_MS) await rm(path, { force: true })
  }
}
