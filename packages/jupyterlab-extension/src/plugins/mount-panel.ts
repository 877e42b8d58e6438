/** The plugin that adds the panel to the left area. */
import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application'
import { Poll } from '@lumino/polling'

import { IMountModel } from '../tokens.js'
import { createMountPanel } from '../widgets/mount-panel.js'

const POLL_MS = 15_000
const SLOWEST_POLL_MS = 60_000

/** The panel asks mount-server when it comes into sight, and then from time to time while it is. */
export const mountPanel: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:mount',
  description: 'The panel with Pachyderm data.',
  autoStart: true,
  requires: [IMountModel],
  optional: [ILayoutRestorer],
  activate: ({ shell, commands }: JupyterFrontEnd, model: IMountModel, restorer: ILayoutRestorer | null) => {
    const panel = createMountPanel(model, commands)
    const poll = new Poll({
      factory: () => model.mounts.refresh(),
      frequency: { interval: POLL_MS, backoff: true, max: SLOWEST_POLL_MS },
      standby: () => !panel.isVisible || document.hidden,
    })
    panel.shown.connect(() => void poll.refresh())
    panel.disposed.connect(() => poll.dispose())
    shell.add(panel, 'left', { rank: 100 })
    restorer?.add(panel, 'jupyterlab-pachyderm')
    commands.addCommand('mount:show-panel', { label: 'Show Pachyderm Data', execute: () => 'activateById' in shell && shell.activateById(panel.id) })
    commands.addCommand('mount:refresh', { label: 'Refresh Pachyderm Data', execute: () => model.mounts.refresh() })
  },
}
