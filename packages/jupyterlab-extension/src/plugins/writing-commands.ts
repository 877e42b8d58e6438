/** The plugin with the commands that change files of writable mounts: upload, new file, new folder, delete. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'

import { fileArguments, fileSchema, someFiles } from '../model/file-arguments.js'
import { reasonOf } from '../server/api-error.js'
import { createJupyterTransport } from '../server/jupyter-transport.js'
import { DRIVE_NAME } from '../server/mount-drive.js'
import { createUpload } from '../server/upload.js'
import { createWritableFiles } from '../server/writable-files.js'
import { IMountModel } from '../tokens.js'
import { askName } from '../widgets/ask-text.js'
import { chooseFiles } from '../widgets/choose-files.js'
import { isConfirmed } from '../widgets/confirmation.js'
import { toast } from '../widgets/toast.js'
import { withoutArguments } from './described-by.js'

/** As Jupyter makes one; JupyterLab adds the first cell. */
const EMPTY_NOTEBOOK = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 }

/** They work in the directory that the panel shows. */
export const writingCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:writing',
  description: 'Uploads into writable mounts, and deletes from them.',
  autoStart: true,
  requires: [IMountModel],
  activate: ({ commands, serviceManager: { serverSettings } }: JupyterFrontEnd, { files, uploads, selection, client, trans }: IMountModel) => {
    const writable = createWritableFiles(client, createJupyterTransport(serverSettings, trans))
    const send = createUpload(serverSettings)
    const directory = () => (files.state.status === 'ready' && files.state.isWritable ? files.state.path : undefined)
    const isEnabled = () => directory() !== undefined
    const describedBy = withoutArguments
    const changed = async (work: Promise<void>, problem: (reason: string) => string) => {
      await work.catch((error: unknown) => toast('error', problem(reasonOf(error))))
      await files.refresh()
    }
    commands.addCommand('mount:upload-files', {
      label: trans.__('Upload Files…'),
      describedBy,
      isEnabled,
      execute: async () => {
        const place = directory()
        if (place !== undefined) uploads.add((await chooseFiles()).map(content => ({ path: `${place}/${content.name}`, content })))
      },
    })
    commands.addCommand('mount:new-file', {
      label: trans.__('New File…'),
      describedBy,
      isEnabled,
      execute: async () => {
        const place = directory()
        const name = await askName({ title: trans.__('New file'), label: trans.__('Name'), text: 'untitled.txt', selectionRange: 'untitled'.length, button: trans.__('Make') }, trans)
        if (place === undefined || name === undefined) return
        const path = `${place}/${name}`
        const content = new Blob([name.endsWith('.ipynb') ? JSON.stringify(EMPTY_NOTEBOOK) : ''])
        try {
          await send({ path, content }, { replace: false, onProgress: () => undefined, signal: new AbortController().signal })
        } catch (error) {
          toast('error', trans.__('The file %1 could not be made: %2', name, reasonOf(error)))
          return
        }
        await files.refresh()
        await commands.execute('docmanager:open', { path: `${DRIVE_NAME}:${path}` })
      },
    })
    commands.addCommand('mount:new-folder', {
      label: trans.__('New Folder…'),
      describedBy,
      isEnabled,
      execute: async () => {
        const place = directory()
        const name = await askName({ title: trans.__('New folder'), label: trans.__('Name'), button: trans.__('Make') }, trans)
        if (place !== undefined && name !== undefined) await changed(writable.makeDirectory(`${place}/${name}`), reason => trans.__('The folder %1 could not be made: %2', name, reason))
      },
    })
    commands.addCommand('mount:delete-file', {
      label: trans.__('Delete…'),
      describedBy: { args: fileSchema },
      isEnabled: args => isEnabled() && fileArguments(args, files.state, selection.state).length > 0,
      execute: async args => {
        const meant = someFiles(args, files.state, selection.state)
        const title = trans._n('Delete %2?', 'Delete %1 files and folders?', meant.length, meant[0]?.path)
        const body = trans.__('The next commit takes it from the branch, too. Until then “Discard” brings back what was committed.')
        if (!(await isConfirmed({ title, body, label: trans.__('Delete') }, trans))) return
        for (const { path } of meant) await changed(writable.remove(path), reason => trans.__('%1 could not be deleted: %2', path, reason))
      },
    })
  },
}
