/** The plugin that shows the log of mount-server in a tab. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { MainAreaWidget } from '@jupyterlab/apputils'

import { IMountModel } from '../tokens.js'
import { LogView } from '../widgets/LogView.js'
import { pachydermIcon } from '../widgets/pachyderm-icon.js'
import { ReactSection } from '../widgets/react-section.js'
import { withoutArguments } from './described-by.js'

const ID = 'jupyterlab-pachyderm-log'

/** `mount:show-log` opens the tab, or brings it to the front with newer lines. */
export const serverLog: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:log',
  description: 'The log of mount-server.',
  autoStart: true,
  requires: [IMountModel],
  activate: ({ commands, shell }: JupyterFrontEnd, { log, trans }: IMountModel) => {
    let tab: MainAreaWidget | undefined
    commands.addCommand('mount:show-log', {
      label: trans.__('Show the Log of mount-server'),
      describedBy: withoutArguments,
      execute: async () => {
        if (!tab || tab.isDisposed) {
          const content = new ReactSection(() => <LogView log={log.state} onRefresh={() => void log.refresh()} trans={trans} />, [log.changed])
          tab = new MainAreaWidget({ content })
          tab.id = ID
          tab.title.label = trans.__('mount-server log')
          tab.title.icon = pachydermIcon
          tab.title.closable = true
          shell.add(tab, 'main')
        }
        if ('activateById' in shell) shell.activateById(ID)
        await log.refresh()
      },
    })
  },
}
