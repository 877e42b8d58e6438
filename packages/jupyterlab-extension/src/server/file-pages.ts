/** Directories of the mounts, page by page. */
import type { MountServerClient } from '@jupyterlab-pachyderm/mount-api'

import type { FilePage, FilePageQuery } from '../model/files-model.js'

/** Lists a directory of which the path begins with the name of its mount; rejects with ApiError. */
export function createFilePages(client: Pick<MountServerClient, 'listDirectory'>): (path: string, query: FilePageQuery) => Promise<FilePage> {
  return async (path, { search, after, limit, partial }) => {
    const [mount = '', ...names] = path.split('/')
    const page = await client.listDirectory({ mount, '*': names.join('/'), limit, ...(search === '' ? {} : { search }), ...(after === undefined ? {} : { after }), ...(partial && { partial }) })
    return {
      total: page.total ?? undefined,
      next: page.next,
      isWritable: page.writable,
      entries: page.entries.map(({ name, kind, size_bytes, modified }) => ({
        name,
        path: `${path}/${name}`,
        kind: kind === 'directory' ? kind : 'file',
        sizeBytes: kind === 'directory' ? undefined : size_bytes,
        modified,
      })),
    }
  }
}
