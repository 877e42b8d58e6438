/** The plugin with the command that publishes the notebook. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { Notification } from '@jupyterlab/apputils'

import { IMountModel } from '../tokens.js'
import { isReplaced } from '../widgets/replacement.js'
import { withoutArguments } from './described-by.js'

/** Then it stays in the list of notifications. */
const SHOWN_MS = 15_000

/** The Publish tab need not be in sight, so a notification says what became of it. */
export const publishCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:publish-commands',
  description: 'Publishing the notebook from the palette or by a key.',
  autoStart: true,
  requires: [IMountModel],
  activate: ({ commands }: JupyterFrontEnd, { publish, trans }: IMountModel) => {
    const isPossible = () => publish.state.notebookPath !== undefined && publish.state.work === undefined
    commands.addCommand('mount:publish-notebook', {
      label: trans.__('Publish the Notebook as a Pipeline'),
      describedBy: withoutArguments,
      isEnabled: isPossible,
      execute: async () => {
        const notebook = publish.state.notebookPath?.split('/').at(-1) ?? ''
        const outcome = await publish.publish(replacement => isReplaced(replacement, trans))
        if (!outcome) return
        const tell = outcome.kind === 'refused' ? Notification.error : outcome.isRunning ? Notification.success : Notification.warning
        tell(`${notebook}: ${outcome.text}`, { autoClose: SHOWN_MS })
      },
    })
    let wasPossible = isPossible()
    publish.changed.connect(() => {
      if (wasPossible === isPossible()) return
      wasPossible = isPossible()
      commands.notifyCommandChanged('mount:publish-notebook')
    })
  },
}
