/** Changes to the files of writable mounts. */
import { fileUrl, type MountServerClient, type Transport } from '@jupyterlab-pachyderm/mount-api'

/** Paths begin with the name of the mount. Each rejects with ApiError. */
export interface WritableFiles {
  makeDirectory(path: string): Promise<void>
  /** Deletes a file, or a directory with all that is in it. */
  remove(path: string): Promise<void>
}

/** The changes over `transport`. */
export function createWritableFiles(client: Pick<MountServerClient, 'deleteFile'>, transport: Transport): WritableFiles {
  return {
    makeDirectory: async path => {
      await transport({ method: 'PUT', url: `${urlOf(path)}/` })
    },
    remove: async path => {
      const [mount = '', ...names] = path.split('/')
      await client.deleteFile({ mount, '*': names.join('/'), recursive: true })
    },
  }
}

/** The URL of a file below the server half, from a path that begins with the name of its mount. */
export function urlOf(path: string): string {
  const [mount = '', ...names] = path.split('/')
  return fileUrl(mount, names.join('/'))
}
