/** The plugin with the commands on one mount: commit and unmount. What could lose work asks first. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'

import { mountArgument, mountSchema } from '../model/mount-arguments.js'
import { branchLabel } from '../model/mount-naming.js'
import { IMountModel } from '../tokens.js'
import { isConfirmed } from '../widgets/confirmation.js'

/** Their argument is `mountName`. */
export const mountCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:mounts',
  description: 'Commands on mounts.',
  autoStart: true,
  requires: [IMountModel],
  activate: ({ commands }: JupyterFrontEnd, { mounts, trans }: IMountModel) => {
    const describedBy = { args: mountSchema }
    commands.addCommand('mount:commit', {
      label: trans.__('Commit What Was Written'),
      describedBy,
      execute: async args => {
        const mount = mountArgument(args, mounts.state.mounts)
        const question = {
          title: trans.__('Commit %1?', mount.name),
          body: trans.__('All that was written below %1 becomes one commit on %2. Others see it at once.', mount.mountpoint, branchLabel(mount)),
          label: trans.__('Commit'),
        }
        if (await isConfirmed(question, trans)) await mounts.commit(mount.name)
      },
    })
    commands.addCommand('mount:unmount', {
      label: trans.__('Unmount'),
      describedBy,
      execute: async args => {
        const mount = mountArgument(args, mounts.state.mounts)
        const question = {
          title: trans.__('Unmount %1?', mount.name),
          body: trans.__('What was written to it and not committed yet is committed to %1 first.', branchLabel(mount)),
          label: trans.__('Commit and unmount'),
        }
        if (mount.mode === 'ro' || (await isConfirmed(question, trans))) await mounts.unmount(mount.name)
      },
    })
  },
}
