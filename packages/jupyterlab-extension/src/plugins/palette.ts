/** The plugin that lists the commands in the palette. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { ICommandPalette } from '@jupyterlab/apputils'

const COMMANDS = [
  'mount:show-panel', 'mount:refresh', 'mount:activate-context', 'mount:login', 'mount:logout', 'mount:restart-server', 'mount:show-log',
  'mount:new-repo', 'mount:mount-branch', 'mount:mount-commit', 'mount:unmount', 'mount:unmount-all', 'mount:update', 'mount:follow', 'mount:show-news', 'mount:show-provenance', 'mount:show-commit-provenance', 'mount:commit', 'mount:discard',
  'mount:open-file', 'mount:insert-code', 'mount:choose-code', 'mount:copy-path', 'mount:copy-uri', 'mount:download-file', 'mount:copy-to-server', 'mount:upload-files', 'mount:new-file', 'mount:new-folder', 'mount:rename-file', 'mount:move-files', 'mount:delete-file',
  'mount:remember-commits', 'mount:mount-remembered', 'mount:forget-commits',
  'mount:load-datums', 'mount:next-datum', 'mount:previous-datum', 'mount:download-datum', 'mount:leave-datums', 'mount:publish-notebook',
  'jupyterlab-pachyderm:open-docs', 'jupyterlab-pachyderm:contact-support',
]

/** Only commands that need no argument. */
export const palette: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:palette',
  description: 'Pachyderm commands in the palette.',
  autoStart: true,
  requires: [ICommandPalette],
  activate: (_app: JupyterFrontEnd, commandPalette: ICommandPalette) => {
    for (const command of COMMANDS) commandPalette.addItem({ command, category: 'Pachyderm' })
  },
}
