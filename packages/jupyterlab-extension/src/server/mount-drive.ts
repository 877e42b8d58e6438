/** The mount as a drive of JupyterLab, so that its viewers and editors open the files. */
import { URLExt } from '@jupyterlab/coreutils'
import { Drive, type ServerConnection } from '@jupyterlab/services'

import { API_PATH } from './jupyter-transport.js'

/** The part of a path before the colon: `pfs:default_images/cat.png`. */
export const DRIVE_NAME = 'pfs'

/** Reads through the server half; it refuses all changes. */
export function createMountDrive(serverSettings: ServerConnection.ISettings): Drive {
  return new Drive({ name: DRIVE_NAME, apiEndpoint: URLExt.join(API_PATH, 'pfs'), serverSettings })
}
