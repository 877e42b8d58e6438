/** The plugin with the commands that read mounted files: open, download, copy the path and the URI. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'

import { fileArguments, fileSchema, someFiles, type NamedFile } from '../model/file-arguments.js'
import { fileUri } from '../model/mount-naming.js'
import { mountedPath } from '../model/mounted-path.js'
import { archiveUrl, DRIVE_NAME } from '../server/mount-drive.js'
import { IMountModel } from '../tokens.js'
import { copyText } from '../widgets/clipboard.js'

/** Their arguments are `path` (below the mount directory) and `kind`; without, they mean the files that are chosen in the panel. */
export const fileCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:files',
  description: 'Commands on mounted files.',
  autoStart: true,
  requires: [IMountModel],
  activate: ({ commands, serviceManager: { contents, serverSettings } }: JupyterFrontEnd, { mounts, files, selection, trans }: IMountModel) => {
    const add = (id: string, label: string, execute: (meant: readonly NamedFile[]) => unknown) =>
      commands.addCommand(id, {
        label,
        describedBy: { args: fileSchema },
        isEnabled: args => fileArguments(args, files.state, selection.state).length > 0,
        execute: args => execute(someFiles(args, files.state, selection.state)),
      })
    add('mount:open-file', trans.__('Open Mounted File'), async meant => {
      const [first] = meant
      if (meant.length === 1 && first?.kind === 'directory') return files.open(first.path)
      for (const { path, kind } of meant) if (kind === 'file') await commands.execute('docmanager:open', { path: `${DRIVE_NAME}:${path}` })
    })
    add('mount:download-file', trans.__('Download to This Computer'), async meant => {
      for (const { path, kind } of meant) {
        const link = document.createElement('a')
        link.href = kind === 'directory' ? archiveUrl(path, serverSettings) : await contents.getDownloadUrl(`${DRIVE_NAME}:${path}`)
        // With this attribute the browser keeps the page, and asks nothing about unsaved documents.
        link.download = kind === 'directory' ? `${path.slice(path.lastIndexOf('/') + 1)}.tar` : ''
        link.click()
      }
    })
    add('mount:copy-path', trans.__('Copy Path'), meant => copyText(meant.map(({ path }) => mountedPath(path, mounts.state.mounts)).join('\n'), trans.__('Path copied')))
    add('mount:copy-uri', trans.__('Copy Pachyderm File URI'), meant => {
      const uris = meant.flatMap(({ path }) => {
        const [name = '', ...rest] = path.split('/')
        const mount = mounts.state.mounts.find(entry => entry.name === name)
        return mount ? [fileUri(mount, rest.join('/'))] : []
      })
      copyText(uris.join('\n'), trans.__('Pachyderm File URI copied to clipboard.'))
    })
  },
}
