/** The mount as a drive of JupyterLab, so that its viewers and editors open the files. */
import { URLExt } from '@jupyterlab/coreutils'
import { Drive, type Contents, type ServerConnection } from '@jupyterlab/services'

import { API_PATH } from './jupyter-transport.js'

/** The part of a path before the colon: `pfs:default_images/cat.png`. */
export const DRIVE_NAME = 'pfs'

/** Opens, saves, renames and deletes through the server half, which refuses changes outside of writable mounts. What is saved is not committed yet. */
export class MountDrive extends Drive {
  constructor(serverSettings: ServerConnection.ISettings) {
    super({ name: DRIVE_NAME, apiEndpoint: URLExt.join(API_PATH, 'pfs'), serverSettings })
  }

  /** None: a commit is what keeps the state of a file. */
  override listCheckpoints(): Promise<Contents.ICheckpointModel[]> {
    return Promise.resolve([])
  }

  /** Keeps nothing, for the same reason. JupyterLab wants an answer after each save. */
  override createCheckpoint(): Promise<Contents.ICheckpointModel> {
    return Promise.resolve({ id: 'none', last_modified: new Date().toISOString() })
  }

  /** A URL that a browser downloads from with the cookies of this page. */
  override getDownloadUrl(localPath: string): Promise<string> {
    return Promise.resolve(URLExt.join(this.serverSettings.baseUrl, API_PATH, 'files', URLExt.encodeParts(localPath)))
  }
}

/** The URL of a directory of the mount as one tar file. */
export function archiveUrl(path: string, { baseUrl }: ServerConnection.ISettings): string {
  return URLExt.join(baseUrl, API_PATH, 'archive', URLExt.encodeParts(path))
}
