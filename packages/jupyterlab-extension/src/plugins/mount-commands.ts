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
  activate: ({ commands }: JupyterFrontEnd, { mounts }: IMountModel) => {
    const describedBy = { args: mountSchema }
    commands.addCommand('mount:commit', {
      label: 'Commit What Was Written',
      describedBy,
      execute: async args => {
        const mount = mountArgument(args, mounts.state.mounts)
        const body = `All that was written below ${mount.mountpoint} becomes one commit on ${branchLabel(mount)}. Others see it at once.`
        if (await isConfirmed(`Commit ${mount.name}?`, body, 'Commit')) await mounts.commit(mount.name)
      },
    })
    commands.addCommand('mount:unmount', {
      label: 'Unmount',
      describedBy,
      execute: async args => {
        const mount = mountArgument(args, mounts.state.mounts)
        const body = `What was written to it and not committed yet is committed to ${branchLabel(mount)} first.`
        if (mount.mode === 'ro' || (await isConfirmed(`Unmount ${mount.name}?`, body, 'Commit and unmount'))) await mounts.unmount(mount.name)
      },
    })
  },
}
