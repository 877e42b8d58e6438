/** The plugin that adds the panel to the left area. */
import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application'
import { IEditorServices } from '@jupyterlab/codeeditor'
import { Poll } from '@lumino/polling'

import { IMountModel } from '../tokens.js'
import { createMountPanel } from '../widgets/mount-panel.js'
import { pachydermIcon } from '../widgets/pachyderm-icon.js'
import { createSpecEditors } from '../widgets/spec-editor.js'
import { withoutArguments } from './described-by.js'

/** Repos that others make are told by no event. */
const POLL_MS = 60_000
/** While something is away, people wait for it to come back. */
const AWAY_POLL_MS = 3_000

/** The panel asks mount-server when it comes into sight, and then from time to time while it is. */
export const mountPanel: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:mount',
  description: 'The panel with Pachyderm data.',
  autoStart: true,
  requires: [IMountModel, IEditorServices],
  optional: [ILayoutRestorer],
  activate: ({ shell, commands, docRegistry }: JupyterFrontEnd, model: IMountModel, editors: IEditorServices, restorer: ILayoutRestorer | null) => {
    const { mounts, events, session, files, history, trans } = model
    const panel = createMountPanel(model, { commands, documents: docRegistry, createEditor: createSpecEditors(editors) })
    const poll = new Poll({ factory: () => mounts.refresh(), frequency: { interval: POLL_MS }, standby: () => !panel.isVisible || document.hidden })
    mounts.changed.connect(() => (poll.frequency = { ...poll.frequency, interval: mounts.isAway ? AWAY_POLL_MS : POLL_MS }))
    panel.shown.connect(() => void poll.refresh())
    panel.disposed.connect(() => poll.dispose())
    shell.add(panel, 'left', { rank: 100 })
    restorer?.add(panel, 'jupyterlab-pachyderm')
    commands.addCommand('mount:show-panel', {
      label: trans.__('Show Pachyderm Data'),
      icon: pachydermIcon,
      describedBy: withoutArguments,
      execute: () => 'activateById' in shell && shell.activateById(panel.id),
    })
    commands.addCommand('mount:refresh', {
      label: trans.__('Refresh Pachyderm Data'),
      describedBy: withoutArguments,
      execute: async () => {
        events.retry()
        await mounts.refresh()
        await Promise.all([session.refresh(), files.refresh(), history.reload(), poll.schedule({ interval: poll.frequency.interval, phase: 'refreshed' })])
      },
    })
  },
}
