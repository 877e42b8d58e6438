/** The plugin with the entries in the Help menu. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { Dialog, showDialog } from '@jupyterlab/apputils'
import { IMainMenu } from '@jupyterlab/mainmenu'

const DOCS_URL = 'https://docs.pachyderm.com/latest/'
const RANK = 20

/** Documentation and where to ask. */
export const help: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:help',
  description: 'Pachyderm in the Help menu.',
  autoStart: true,
  requires: [IMainMenu],
  activate: ({ commands }: JupyterFrontEnd, menu: IMainMenu) => {
    commands.addCommand('jupyterlab-pachyderm:open-docs', { label: 'Pachyderm Docs', execute: () => window.open(DOCS_URL, '_blank', 'noopener') })
    commands.addCommand('jupyterlab-pachyderm:contact-support', {
      label: 'Contact Pachyderm Support',
      execute: () =>
        showDialog({
          title: 'Pachyderm Support',
          body: 'Chat on https://slack.pachyderm.io or write to support@pachyderm.com.',
          buttons: [Dialog.okButton({ label: 'Dismiss' })],
        }),
    })
    menu.helpMenu.addGroup([{ command: 'jupyterlab-pachyderm:open-docs' }, { command: 'jupyterlab-pachyderm:contact-support' }], RANK)
  },
}
