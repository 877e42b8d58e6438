/** The plugin with the command that inserts code which reads a mounted file. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'

import { readingCode } from '../model/code-snippet.js'
import { fileArguments, fileSchema } from '../model/file-arguments.js'
import { mountedPath } from '../model/mounted-path.js'
import { isActiveCellEmpty } from '../server/active-cell.js'
import { IMountModel } from '../tokens.js'
import { copyText } from '../widgets/clipboard.js'

/** Without an open notebook the code goes to the clipboard. */
export const codeCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:code',
  description: 'Inserts code that reads mounted files.',
  autoStart: true,
  requires: [IMountModel],
  activate: ({ commands, shell }: JupyterFrontEnd, { mounts, trans }: IMountModel) => {
    commands.addCommand('mount:insert-code', {
      label: trans.__('Insert Code That Reads the File'),
      describedBy: { args: fileSchema },
      execute: async args => {
        const { path, kind } = fileArguments(args)
        const text = readingCode(mountedPath(path, mounts.state.mounts), kind)
        if (!commands.isEnabled('notebook:insert-cell-below')) {
          copyText(text, trans.__('No notebook is open: code copied'))
          return
        }
        if (!isActiveCellEmpty(shell.currentWidget)) await commands.execute('notebook:insert-cell-below')
        await commands.execute('notebook:replace-selection', { text })
      },
    })
  },
}
