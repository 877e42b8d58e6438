/** The plugin that gives the state which all others share. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { createMountServerClient } from '@jupyterlab-pachyderm/mount-api'

import { DatumModel } from '../model/datum-model.js'
import { FilesModel } from '../model/files-model.js'
import { MountModel } from '../model/mount-model.js'
import { PublishModel } from '../model/publish-model.js'
import { createFilePages } from '../server/file-pages.js'
import { createJupyterTransport } from '../server/jupyter-transport.js'
import { createServerHalf } from '../server/server-half.js'
import { IMountModel } from '../tokens.js'

/** One model a page. */
export const mountModel: JupyterFrontEndPlugin<IMountModel> = {
  id: 'jupyterlab-pachyderm:model',
  description: 'What Pachyderm data is mounted.',
  autoStart: true,
  provides: IMountModel,
  activate: (app: JupyterFrontEnd) => {
    const transport = createJupyterTransport(app.serviceManager.serverSettings)
    const client = createMountServerClient(transport)
    const serverHalf = createServerHalf(transport)
    const mounts = new MountModel(client, serverHalf)
    const files = new FilesModel(createFilePages(transport))
    return { mounts, files, datums: new DatumModel(client, mounts), publish: new PublishModel(serverHalf) }
  },
}
