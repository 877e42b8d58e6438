/** The plugin with the commands by which a notebook remembers what was mounted, and which follows the notebook with the focus. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { IDocumentManager } from '@jupyterlab/docmanager'

import { commitLabel } from '../model/mount-naming.js'
import { pinningNotebookOf } from '../server/open-notebook.js'
import { IMountModel } from '../tokens.js'
import { isConfirmed } from '../widgets/confirmation.js'
import { toast } from '../widgets/toast.js'
import { withoutArguments } from './described-by.js'

/** The notebook is the one in the main area that had the focus last; it changes when its user says so, and only then. */
export const pinCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:pins',
  description: 'Remembers mounted commits in notebooks, and mounts them again.',
  autoStart: true,
  requires: [IMountModel, IDocumentManager],
  activate: ({ commands, shell }: JupyterFrontEnd, { pins, trans }: IMountModel, documents: IDocumentManager) => {
    const follow = () => {
      const widget = shell.currentWidget
      const context = widget ? documents.contextForWidget(widget) : undefined
      void pins.show(pinningNotebookOf(context))
      // The metadata of a notebook that opens comes later than its widget.
      void context?.ready.then(() => (shell.currentWidget === widget ? pins.show(pinningNotebookOf(context)) : undefined))
    }
    shell.currentChanged?.connect(follow)
    follow()
    commands.addCommand('mount:remember-commits', {
      label: trans.__('Remember Mounted Commits in This Notebook'),
      describedBy: withoutArguments,
      isEnabled: () => pins.canRemember,
      execute: async () => {
        const { rows } = pins.state
        const body = trans.__('Until now it remembers %1.', rows.map(({ pin }) => commitLabel(pin)).join(', '))
        if (rows.some(({ place }) => place !== 'mounted') && !(await isConfirmed({ title: trans.__('Remember what is mounted now?'), body, label: trans.__('Remember') }, trans))) return
        const count = pins.remember()
        toast('info', trans._n('The notebook remembers the mounted commit. Save it to keep that.', 'The notebook remembers %1 mounted commits. Save it to keep that.', count))
      },
    })
    commands.addCommand('mount:mount-remembered', {
      label: trans.__('Mount the Remembered Commits of This Notebook'),
      describedBy: withoutArguments,
      isEnabled: () => pins.canMount,
      execute: () => pins.mountAll(),
    })
    commands.addCommand('mount:forget-commits', {
      label: trans.__('Forget the Remembered Commits of This Notebook'),
      describedBy: withoutArguments,
      isEnabled: () => pins.state.rows.length > 0,
      execute: () => pins.forget(),
    })
    const states = () => [pins.canRemember, pins.canMount, pins.state.rows.length > 0].join()
    let before = states()
    pins.changed.connect(() => {
      if (before === states()) return
      before = states()
      for (const command of ['mount:remember-commits', 'mount:mount-remembered', 'mount:forget-commits']) commands.notifyCommandChanged(command)
    })
  },
}
