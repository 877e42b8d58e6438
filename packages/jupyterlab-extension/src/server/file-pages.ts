/** Directories of the mount, page by page. */
import type { Transport } from '@jupyterlab-pachyderm/mount-api'

import type { FilePage } from '../model/files-model.js'

/** The reply of `GET pfs{path}?number=&offset=`, as the server half writes it. */
interface DirectoryReply {
  readonly total: number
  readonly content: readonly {
    readonly name: string
    readonly path: string
    readonly type: 'directory' | 'file' | 'notebook'
    readonly size: number | null
    readonly last_modified: string
  }[]
}

/** Lists `number` entries of `path` from `offset` on; rejects with ApiError. */
export function createFilePages(transport: Transport): (path: string, offset: number, number: number) => Promise<FilePage> {
  return async (path, offset, number) => {
    const url = `/pfs/${path.split('/').map(encodeURIComponent).join('/')}?number=${number}&offset=${offset}`
    const reply = (await transport({ method: 'GET', url })) as DirectoryReply
    return {
      total: reply.total,
      entries: reply.content.map(({ name, path: entryPath, type, size, last_modified }) => ({
        name,
        path: entryPath,
        kind: type,
        sizeBytes: type === 'directory' ? undefined : (size ?? undefined),
        modified: last_modified,
      })),
    }
  }
}
