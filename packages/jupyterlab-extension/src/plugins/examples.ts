/** The plugin with the cards in the launcher that open the examples of an administrator. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { ILauncher } from '@jupyterlab/launcher'
import type { TranslationBundle } from '@jupyterlab/translation'

import { IMountModel } from '../tokens.js'
import { pachydermIcon } from '../widgets/pachyderm-icon.js'
import { withoutArguments } from './described-by.js'

interface Example {
  readonly command: string
  readonly label: string
  readonly path: string
}

function examplesOf(trans: TranslationBundle): readonly Example[] {
  return [
    { command: 'jupyterlab-pachyderm:open-example-intro', label: trans.__('Intro to Pachyderm'), path: 'examples/Intro to Pachyderm Tutorial.ipynb' },
    { command: 'jupyterlab-pachyderm:open-example-mount', label: trans.__('Mounting Data Repos'), path: 'examples/Mounting Data Repos in Notebooks.ipynb' },
  ]
}

/** Off until an administrator turns it on; a card is there when its notebook is. */
export const examples: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:examples',
  description: 'Example notebooks in the launcher.',
  autoStart: true,
  requires: [IMountModel],
  optional: [ILauncher],
  activate: ({ commands, serviceManager: { contents } }: JupyterFrontEnd, { trans }: IMountModel, launcher: ILauncher | null) => {
    if (!launcher) return
    for (const [rank, { command, label, path }] of examplesOf(trans).entries()) {
      const isThere = contents.get(path, { content: false }).then(
        () => true,
        () => false,
      )
      void isThere.then(there => {
        if (!there) return
        commands.addCommand(command, { label, icon: pachydermIcon, describedBy: withoutArguments, execute: () => commands.execute('docmanager:open', { path }) as Promise<unknown> })
        launcher.add({ command, category: trans.__('Pachyderm Examples'), rank: rank + 1 })
      })
    }
  },
}
