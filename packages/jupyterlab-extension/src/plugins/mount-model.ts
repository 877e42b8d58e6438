/** The plugin that gives the state which all others share. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { ITranslator, nullTranslator } from '@jupyterlab/translation'
import { createMountServerClient } from '@jupyterlab-pachyderm/mount-api'

import { DatumModel } from '../model/datum-model.js'
import { FilesModel } from '../model/files-model.js'
import { MountModel } from '../model/mount-model.js'
import { PublishModel } from '../model/publish-model.js'
import { createFilePages } from '../server/file-pages.js'
import { createJupyterTransport } from '../server/jupyter-transport.js'
import { createServerHalf } from '../server/server-half.js'
import { IMountModel, TRANSLATION_DOMAIN } from '../tokens.js'

/** One model a page. */
export const mountModel: JupyterFrontEndPlugin<IMountModel> = {
  id: 'jupyterlab-pachyderm:model',
  description: 'What Pachyderm data is mounted.',
  autoStart: true,
  provides: IMountModel,
  optional: [ITranslator],
  activate: (app: JupyterFrontEnd, translator: ITranslator | null) => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN)
    const transport = createJupyterTransport(app.serviceManager.serverSettings, trans)
    const client = createMountServerClient(transport)
    const serverHalf = createServerHalf(transport)
    const mounts = new MountModel(client, serverHalf, trans)
    const files = new FilesModel(createFilePages(transport))
    return { mounts, files, datums: new DatumModel(client, mounts, trans), publish: new PublishModel(serverHalf, trans), trans }
  },
}
