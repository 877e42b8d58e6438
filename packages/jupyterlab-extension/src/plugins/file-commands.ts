/** The plugin with the commands on mounted files: open, download, copy the path. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'

import { fileArguments, fileSchema } from '../model/file-arguments.js'
import { mountedPath } from '../model/mounted-path.js'
import { DRIVE_NAME } from '../server/mount-drive.js'
import { IMountModel } from '../tokens.js'
import { copyText } from '../widgets/clipboard.js'

/** Their arguments: `path` (below the mount directory) and `kind`. */
export const fileCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:files',
  description: 'Commands on mounted files.',
  autoStart: true,
  requires: [IMountModel],
  activate: ({ commands, serviceManager: { contents } }: JupyterFrontEnd, { mounts, trans }: IMountModel) => {
    const describedBy = { args: fileSchema }
    commands.addCommand('mount:open-file', {
      label: trans.__('Open Mounted File'),
      describedBy,
      execute: args => commands.execute('docmanager:open', { path: `${DRIVE_NAME}:${fileArguments(args).path}` }) as Promise<unknown>,
    })
    commands.addCommand('mount:download-file', {
      label: trans.__('Download Mounted File'),
      describedBy,
      execute: async args => {
        const link = document.createElement('a')
        link.href = await contents.getDownloadUrl(`${DRIVE_NAME}:${fileArguments(args).path}`)
        // With this attribute the browser keeps the page, and asks nothing about unsaved documents.
        link.download = ''
        link.click()
      },
    })
    commands.addCommand('mount:copy-path', {
      label: trans.__('Copy Path'),
      describedBy,
      execute: args => copyText(mountedPath(fileArguments(args).path, mounts.state.mounts), trans.__('Path copied')),
    })
  },
}
