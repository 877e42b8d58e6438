/** The plugin that lets JupyterLab's viewers and editors open mounted files. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'

import { MountDrive } from '../server/mount-drive.js'

/** Paths `pfs:<mount>/<file>`. */
export const mountDrive: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:drive',
  description: 'Opens mounted files in the viewers and editors of JupyterLab.',
  autoStart: true,
  activate: (app: JupyterFrontEnd) => {
    app.serviceManager.contents.addDrive(new MountDrive(app.serviceManager.serverSettings))
  },
}
