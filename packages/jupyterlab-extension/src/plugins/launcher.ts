/** The plugin with the card in the launcher that leads to the data. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { ILauncher } from '@jupyterlab/launcher'

import { IMountModel } from '../tokens.js'

/** One card among the others; Notebook has no launcher. */
export const launcherCard: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:launcher',
  description: 'Pachyderm data in the launcher.',
  autoStart: true,
  requires: [IMountModel],
  optional: [ILauncher],
  activate: (_app: JupyterFrontEnd, { trans }: IMountModel, launcher: ILauncher | null) => {
    launcher?.add({ command: 'mount:show-panel', category: trans.__('Other'), rank: 20 })
  },
}
