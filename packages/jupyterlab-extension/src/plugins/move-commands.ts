/** The plugin with the commands that give files of writable mounts another name or folder. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { PathExt } from '@jupyterlab/coreutils'

import { fileArguments, fileSchema, someFiles } from '../model/file-arguments.js'
import { nothingSelected, select } from '../model/list-selection.js'
import { reasonOf } from '../server/api-error.js'
import { DRIVE_NAME } from '../server/mount-drive.js'
import { IMountModel } from '../tokens.js'
import { askName, askText } from '../widgets/ask-text.js'
import { toast } from '../widgets/toast.js'

/** Documents that are open go on under their new path. */
export const moveCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:moving',
  description: 'Renames and moves files of writable mounts.',
  autoStart: true,
  requires: [IMountModel],
  activate: ({ commands, serviceManager: { contents } }: JupyterFrontEnd, { files, selection, trans }: IMountModel) => {
    const isWritable = () => files.state.status === 'ready' && files.state.isWritable
    const meantBy = (args: Readonly<Record<string, unknown>>) => fileArguments(args, files.state, selection.state)
    const rename = async (path: string, newPath: string) => {
      if (path !== newPath) await contents.rename(`${DRIVE_NAME}:${path}`, `${DRIVE_NAME}:${newPath}`)
    }
    commands.addCommand('mount:rename-file', {
      label: trans.__('Rename…'),
      describedBy: { args: fileSchema },
      isEnabled: args => isWritable() && meantBy(args).length === 1,
      execute: async args => {
        const [meant] = someFiles(args, files.state, selection.state)
        if (!meant) return
        const { path, kind } = meant
        const name = PathExt.basename(path)
        const stem = kind === 'directory' ? name : PathExt.basename(name, PathExt.extname(name))
        const newName = await askName({ title: trans.__('Rename %1', name), label: trans.__('New name'), text: name, selectionRange: stem.length, button: trans.__('Rename') }, trans)
        if (newName === undefined) return
        const newPath = PathExt.join(PathExt.dirname(path), newName)
        try {
          await rename(path, newPath)
          selection.chooseFiles(select(nothingSelected, [], newPath))
        } catch (error) {
          toast('error', trans.__('%1 could not be renamed: %2', path, reasonOf(error)))
        }
        await files.refresh()
      },
    })
    commands.addCommand('mount:move-files', {
      label: trans.__('Move to Folder…'),
      describedBy: { args: fileSchema },
      isEnabled: args => isWritable() && meantBy(args).length > 0,
      execute: async args => {
        const meant = someFiles(args, files.state, selection.state)
        const [mount = '', ...folders] = PathExt.dirname(meant[0]?.path ?? '').split('/')
        const title = trans._n('Move %2', 'Move %1 files and folders', meant.length, meant[0]?.path)
        const folder = await askText({ title, label: trans.__('Folder in %1', mount), text: `/${folders.join('/')}`, button: trans.__('Move') }, trans)
        if (folder === undefined) return
        for (const { path } of meant) {
          try {
            await rename(path, PathExt.join(mount, folder, PathExt.basename(path)))
          } catch (error) {
            toast('error', trans.__('%1 could not be moved: %2', path, reasonOf(error)))
          }
        }
        await files.refresh()
      },
    })
  },
}
