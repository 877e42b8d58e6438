/** One page of a directory, by name. */
import type { DirectoryPage, FileQuery } from '@jupyterlab-pachyderm/mount-api'
import type { FileSystem, Place } from '@jupyterlab-pachyderm/mount-fs'

const DEFAULT_LIMIT = 1000

/** The entries of the directory at `place`, which the answer calls `path`, that come after `after`. Throws FsError. */
export async function directoryPage(fileSystem: FileSystem, place: Place, path: string, { search = '', after, limit = DEFAULT_LIMIT, partial = false }: FileQuery): Promise<DirectoryPage> {
  const { entries, total, isLast } = await fileSystem.readPage(place, { search, after, limit, partial })
  return {
    path,
    writable: place.volume.isWritable,
    entries: entries.map(({ name, attributes: { kind, sizeBytes, modifiedMs } }) => ({ name, kind, size_bytes: kind === 'directory' ? 0 : sizeBytes, modified: new Date(modifiedMs).toISOString() })),
    total: total ?? null,
    next: isLast || total === undefined ? null : (entries.at(-1)?.name ?? null),
  }
}
