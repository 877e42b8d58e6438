/** The plugin that tells what goes wrong while the panel is not in sight. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { ISettingRegistry } from '@jupyterlab/settingregistry'

import { newsBetween } from '../model/background-news.js'
import { IMountModel, PANEL_ID, SETTINGS_ID } from '../tokens.js'
import { toast } from '../widgets/toast.js'

/** In sight, the panel says it itself. The setting `notifications` turns it off. */
export const notifications: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:notifications',
  description: 'Tells of Pachyderm data that is not available any more.',
  autoStart: true,
  requires: [IMountModel],
  optional: [ISettingRegistry],
  activate: ({ commands, shell }: JupyterFrontEnd, { mounts, session, trans }: IMountModel, registry: ISettingRegistry | null) => {
    let isWanted = true
    void registry?.load(SETTINGS_ID).then(settings => {
      const take = () => (isWanted = settings.get('notifications').composite !== false)
      settings.changed.connect(take)
      take()
    })
    const isPanelSeen = () => [...shell.widgets('left')].some(widget => widget.id === PANEL_ID && widget.isVisible)
    const actions = [{ label: trans.__('Show Pachyderm data'), callback: () => void commands.execute('mount:show-panel') }]
    let before = mounts.state
    mounts.changed.connect(() => {
      const news = newsBetween(before, mounts.state, trans)
      before = mounts.state
      if (!isWanted || session.state.leaving || isPanelSeen()) return
      for (const text of news) toast('error', text, actions)
    })
  },
}
