/** The plugin with the command that inserts code which reads a mounted file. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { Notification } from '@jupyterlab/apputils'

import { fileArguments, fileSchema, someFiles } from '../model/file-arguments.js'
import { mountedPath } from '../model/mounted-path.js'
import { readingCode } from '../model/snippets/code-snippet.js'
import { isActiveCellEmpty, languageOf, notebookToWriteInto } from '../server/open-notebooks.js'
import { IMountModel } from '../tokens.js'
import { copyText } from '../widgets/clipboard.js'

/** Without an open notebook the code, in Python, goes to the clipboard. */
export const codeCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:code',
  description: 'Inserts code that reads mounted files.',
  autoStart: true,
  requires: [IMountModel],
  activate: ({ commands, shell }: JupyterFrontEnd, { mounts, session, files, selection, trans }: IMountModel) => {
    commands.addCommand('mount:insert-code', {
      label: trans.__('Insert Code That Reads the File'),
      describedBy: { args: fileSchema },
      isEnabled: args => fileArguments(args, files.state, selection.state).length > 0,
      execute: async args => {
        const meant = someFiles(args, files.state, selection.state)
        // Without a mount, only URLs lead to the files.
        const onDisk = session.state.server?.way !== 'none'
        const notebook = notebookToWriteInto(shell)
        const language = notebook ? languageOf(notebook) : 'python'
        const pieces = meant.flatMap(({ path, kind }) => readingCode({ place: onDisk ? mountedPath(path, mounts.state.mounts) : `pfs://${path}`, kind }, language) ?? [])
        if (pieces.length === 0) {
          const reason = onDisk ? trans.__('No code is known for %1; copy the path of the file instead.', language) : trans.__('Without a mount, kernels of %1 cannot read the files; copy them to Jupyter’s files first.', language)
          Notification.warning(reason)
          return
        }
        const text = pieces.join('\n\n')
        if (!notebook) {
          copyText(text, trans.__('No notebook is open: code copied'))
          return
        }
        if (shell.currentWidget !== notebook) shell.activateById(notebook.id)
        if (!isActiveCellEmpty(notebook)) await commands.execute('notebook:insert-cell-below')
        await commands.execute('notebook:replace-selection', { text })
      },
    })
  },
}
