/** The plugin that adds the line in the status bar. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { IStatusBar } from '@jupyterlab/statusbar'

import { IMountModel } from '../tokens.js'
import { ReactSection } from '../widgets/react-section.js'
import { StatusItem } from '../widgets/StatusItem.js'

/** It asks once, when JupyterLab is there; later it shows what the panel learns. */
export const statusItem: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:status',
  description: 'The cluster and the mounts in the status bar.',
  autoStart: true,
  requires: [IMountModel],
  optional: [IStatusBar],
  activate: (app: JupyterFrontEnd, { mounts, trans }: IMountModel, statusBar: IStatusBar | null) => {
    if (!statusBar) return
    const item = new ReactSection(() => <StatusItem state={mounts.state} onClick={() => void app.commands.execute('mount:show-panel')} trans={trans} />, [mounts.changed])
    statusBar.registerStatusItem('jupyterlab-pachyderm:status', { item, align: 'left', rank: 20 })
    void app.restored.then(() => mounts.refresh())
  },
}
