/** The plugin with the commands on mounted files: open, copy the path, insert code. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { Clipboard, Notification } from '@jupyterlab/apputils'

import { readingCode } from '../model/code-snippet.js'
import { fileArguments, fileSchema } from '../model/file-arguments.js'
import { mountedPath } from '../model/mounted-path.js'
import { isActiveCellEmpty } from '../server/active-cell.js'
import { DRIVE_NAME } from '../server/mount-drive.js'
import { IMountModel } from '../tokens.js'

/** Their arguments: `path` (below the mount directory) and `kind`. */
export const fileCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:files',
  description: 'Commands on mounted files.',
  autoStart: true,
  requires: [IMountModel],
  activate: ({ commands, shell, serviceManager: { contents } }: JupyterFrontEnd, { mounts }: IMountModel) => {
    const describedBy = { args: fileSchema }
    const copy = (text: string, what: string) => {
      Clipboard.copyToSystem(text)
      Notification.emit(`${what} copied`, 'default', { autoClose: 2000 })
    }
    commands.addCommand('mount:open-file', {
      label: 'Open Mounted File',
      describedBy,
      execute: args => commands.execute('docmanager:open', { path: `${DRIVE_NAME}:${fileArguments(args).path}` }) as Promise<unknown>,
    })
    commands.addCommand('mount:download-file', {
      label: 'Download Mounted File',
      describedBy,
      execute: async args => {
        const link = document.createElement('a')
        link.href = await contents.getDownloadUrl(`${DRIVE_NAME}:${fileArguments(args).path}`)
        // With this attribute the browser keeps the page, and asks nothing about unsaved documents.
        link.download = ''
        link.click()
      },
    })
    commands.addCommand('mount:copy-path', { label: 'Copy Path', describedBy, execute: args => copy(mountedPath(fileArguments(args).path, mounts.state.mounts), 'Path') })
    commands.addCommand('mount:insert-code', {
      label: 'Insert Code That Reads the File',
      describedBy,
      execute: async args => {
        const { path, kind } = fileArguments(args)
        const text = readingCode(mountedPath(path, mounts.state.mounts), kind)
        if (!commands.isEnabled('notebook:insert-cell-below')) {
          copy(text, 'No notebook is open: code')
          return
        }
        if (!isActiveCellEmpty(shell.currentWidget)) await commands.execute('notebook:insert-cell-below')
        await commands.execute('notebook:replace-selection', { text })
      },
    })
  },
}
