/** The plugin with the command that publishes the notebook. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'

import { IMountModel } from '../tokens.js'
import { isReplaced } from '../widgets/replacement.js'
import { toast } from '../widgets/toast.js'
import { withoutArguments } from './described-by.js'

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
        toast(outcome.kind === 'refused' ? 'error' : outcome.isRunning ? 'success' : 'warning', `${notebook}: ${outcome.text}`)
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
