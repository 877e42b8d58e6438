/** The plugin that lists the commands in the palette. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { ICommandPalette } from '@jupyterlab/apputils'
import { ITranslator, nullTranslator } from '@jupyterlab/translation'

import { TRANSLATION_DOMAIN } from '../tokens.js'

const COMMANDS = [
  'mount:show-panel', 'mount:refresh', 'mount:unmount-all', 'mount:activate-context', 'mount:login', 'mount:logout', 'mount:restart-server', 'mount:show-log',
  'jupyterlab-pachyderm:open-docs', 'jupyterlab-pachyderm:contact-support',
]

/** Only commands that need no argument. */
export const palette: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:palette',
  description: 'Pachyderm commands in the palette.',
  autoStart: true,
  requires: [ICommandPalette],
  optional: [ITranslator],
  activate: (_app: JupyterFrontEnd, commandPalette: ICommandPalette, translator: ITranslator | null) => {
    const category = (translator ?? nullTranslator).load(TRANSLATION_DOMAIN).__('Pachyderm')
    for (const command of COMMANDS) commandPalette.addItem({ command, category })
  },
}
