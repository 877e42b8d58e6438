/** The plugin with the entries in the Help menu. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { Dialog, showDialog } from '@jupyterlab/apputils'
import { IMainMenu } from '@jupyterlab/mainmenu'
import { ITranslator, nullTranslator } from '@jupyterlab/translation'

import { TRANSLATION_DOMAIN } from '../tokens.js'
import { SupportLinks } from '../widgets/SupportLinks.js'
import { withoutArguments } from './described-by.js'

const DOCS_URL = 'https://docs.pachyderm.com/latest/'
const RANK = 20

/** Documentation and where to ask. */
export const help: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:help',
  description: 'Pachyderm in the Help menu.',
  autoStart: true,
  requires: [IMainMenu],
  optional: [ITranslator],
  activate: ({ commands }: JupyterFrontEnd, menu: IMainMenu, translator: ITranslator | null) => {
    const trans = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN)
    commands.addCommand('jupyterlab-pachyderm:open-docs', { label: trans.__('Pachyderm Docs'), describedBy: withoutArguments, execute: () => window.open(DOCS_URL, '_blank', 'noopener') })
    commands.addCommand('jupyterlab-pachyderm:contact-support', {
      label: trans.__('Contact Pachyderm Support'),
      describedBy: withoutArguments,
      execute: () =>
        showDialog({
          title: trans.__('Pachyderm Support'),
          body: <SupportLinks trans={trans} />,
          buttons: [Dialog.okButton({ label: trans.__('Dismiss') })],
        }),
    })
    menu.helpMenu.addGroup([{ command: 'jupyterlab-pachyderm:open-docs' }, { command: 'jupyterlab-pachyderm:contact-support' }], RANK)
  },
}
