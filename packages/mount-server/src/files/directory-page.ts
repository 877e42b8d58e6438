/** One page of a directory, by name. */
import type { DirectoryPage, FileQuery } from '@jupyterlab-pachyderm/mount-api'
import type { FileSystem } from '@jupyterlab-pachyderm/mount-fs'

const DEFAULT_LIMIT = 1000

/** The entries of the directory at `path` that come after `after`. Throws FsError. */
export async function directoryPage(fileSystem: FileSystem, path: string, { search = '', after, limit = DEFAULT_LIMIT }: FileQuery): Promise<DirectoryPage> {
  const wanted = search.toLowerCase()
  const listed = await fileSystem.readdir(path)
  const found = wanted === '' ? [...listed] : listed.filter(({ name }) => name.toLowerCase().includes(wanted))
  found.sort((a, b) => (a.name < b.name ? -1 : 1))
  const first = after === undefined ? 0 : found.findIndex(({ name }) => name > after)
  const page = first === -1 ? [] : found.slice(first, first + limit)
  const isLast = first === -1 || first + limit >= found.length
  return {
    path,
    writable: fileSystem.isWritable(path),
    entries: page.map(({ name, attributes: { kind, sizeBytes, modifiedMs } }) => ({ name, kind, size_bytes: kind === 'directory' ? 0 : sizeBytes, modified: new Date(modifiedMs).toISOString() })),
    total: found.length,
    next: isLast ? null : (page.at(-1)?.name ?? null),
  }
}
