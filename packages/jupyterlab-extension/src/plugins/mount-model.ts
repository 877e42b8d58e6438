/** The plugin that gives the state which all others share. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { ITranslator, nullTranslator } from '@jupyterlab/translation'
import { createMountServerClient } from '@jupyterlab-pachyderm/mount-api'

import { DatumModel } from '../model/datum-model.js'
import { FilesModel } from '../model/files-model.js'
import { HistoryModel } from '../model/history-model.js'
import { LogModel } from '../model/log-model.js'
import { MountModel } from '../model/mount-model.js'
import { PanelSelection } from '../model/panel-selection.js'
import { PinsModel } from '../model/pins-model.js'
import { PublishModel } from '../model/publish-model.js'
import { ServerEvents } from '../model/server-events.js'
import { SessionModel } from '../model/session-model.js'
import { UploadModel } from '../model/upload-model.js'
import { createDatumFiles } from '../server/datum-files.js'
import { createFilePages } from '../server/file-pages.js'
import { createJupyterEventTransport, createJupyterTransport } from '../server/jupyter-transport.js'
import { createServerHalf } from '../server/server-half.js'
import { createUpload } from '../server/upload.js'
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
    const { serverSettings } = app.serviceManager
    const transport = createJupyterTransport(serverSettings, trans)
    const client = createMountServerClient(transport)
    const serverHalf = createServerHalf(transport)
    const mounts = new MountModel(client)
    const session = new SessionModel(client, serverHalf, mounts, trans)
    const events = new ServerEvents(createJupyterEventTransport(serverSettings, trans))
    events.received.connect((_, event) => void mounts.hear(event))
    followWhileSeen(events)
    const datums = new DatumModel(client, mounts, createDatumFiles(client, transport), trans)
    events.received.connect((_, event) => datums.hear(event))
    return {
      events,
      session,
      mounts,
      files: new FilesModel(createFilePages(client)),
      datums,
      publish: new PublishModel(serverHalf, client, trans),
      log: new LogModel(client, serverHalf),
      history: new HistoryModel(client),
      uploads: new UploadModel(createUpload(serverSettings), trans),
      selection: new PanelSelection(),
      pins: new PinsModel(client, mounts, datums),
      client,
      trans,
    }
  },
}

/** Longer than people look at something else and come back. */
const UNSEEN_MS = 60_000

/** Listens while the page is seen, and a little longer. */
function followWhileSeen(events: ServerEvents): void {
  let closing: ReturnType<typeof setTimeout> | undefined
  const onVisibility = () => {
    clearTimeout(closing)
    if (document.hidden) closing = setTimeout(() => events.stop(), UNSEEN_MS)
    else events.start()
  }
  document.addEventListener('visibilitychange', onVisibility)
  // A stream of the network that was does not end by itself.
  for (const change of ['offline', 'online']) window.addEventListener(change, () => events.reopen())
  onVisibility()
}
