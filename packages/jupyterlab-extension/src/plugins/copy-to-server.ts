/** The plugin that copies mounted files into the folder that JupyterLab's file browser shows. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { Notification } from '@jupyterlab/apputils'
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser'

import { sizeText } from '../model/byte-size.js'
import { fileArguments, fileSchema, someFiles } from '../model/file-arguments.js'
import { ApiError, reasonOf } from '../server/api-error.js'
import { createCopyToServer, type CopyProgress } from '../server/folder-download.js'
import { IMountModel } from '../tokens.js'
import { isConfirmed } from '../widgets/confirmation.js'

/** Without a file browser they go to the root of Jupyter's files. */
export const copyToServer: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:copy-to-server',
  description: 'Copies mounted files into the folders of Jupyter.',
  autoStart: true,
  requires: [IMountModel],
  optional: [IDefaultFileBrowser],
  activate: ({ commands, serviceManager: { serverSettings } }: JupyterFrontEnd, { files, selection, trans }: IMountModel, browser: IDefaultFileBrowser | null) => {
    const copy = createCopyToServer(serverSettings)
    const copyOne = async (path: string, folder: string, replace: boolean): Promise<void> => {
      const name = path.slice(path.lastIndexOf('/') + 1)
      const id = Notification.emit(trans.__('Copying %1…', name), 'in-progress', { autoClose: false })
      const onProgress = ({ files_done: done, files_total: total, bytes_done: bytesDone, bytes_total: bytesTotal }: CopyProgress) =>
        Notification.update({ id, message: trans.__('Copying %1: %2 of %3 files, %4 of %5', name, done, total, sizeText(bytesDone), sizeText(bytesTotal)), progress: bytesTotal === 0 ? 0 : bytesDone / bytesTotal })
      try {
        const copied = await copy(path, { folder, replace, onProgress })
        Notification.update({ id, message: trans.__('Copied to %1', copied), type: 'success', progress: 1, autoClose: 5000 })
        await browser?.model.refresh()
      } catch (error) {
        if (error instanceof ApiError && error.code === 'ALREADY_EXISTS' && !replace) {
          Notification.dismiss(id)
          const question = { title: trans.__('Replace %1?', name), body: trans.__('It is already in the folder that the file browser shows; what is there now is lost.'), label: trans.__('Replace') }
          if (await isConfirmed(question, trans)) await copyOne(path, folder, true)
          return
        }
        Notification.update({ id, message: trans.__('%1 could not be copied: %2', name, reasonOf(error)), type: 'error', autoClose: false })
      }
    }
    commands.addCommand('mount:copy-to-server', {
      label: trans.__('Copy to Jupyter’s Files'),
      describedBy: { args: fileSchema },
      isEnabled: args => fileArguments(args, files.state, selection.state).length > 0,
      execute: async args => {
        // The folder may be one of another drive, which is not on the disk of Jupyter.
        const shown = browser?.model.path ?? ''
        for (const { path } of someFiles(args, files.state, selection.state)) await copyOne(path, shown.includes(':') ? '' : shown, false)
      },
    })
  },
}
