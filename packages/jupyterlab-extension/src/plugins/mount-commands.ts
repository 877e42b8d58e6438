/** The plugin with the commands on mounts: commit, unmount, unmount all. What could lose work asks first. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { Dialog, InputDialog, showDialog } from '@jupyterlab/apputils'

import { branchArgument, branchSchema, mountArgument, mountSchema } from '../model/mount-arguments.js'
import { branchLabel, commitMountNameOf } from '../model/mount-naming.js'
import { IMountModel } from '../tokens.js'

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
    commands.addCommand('mount:mount-commit', {
      label: 'Mount a Commit',
      describedBy: { args: branchSchema },
      execute: async args => {
        const ref = branchArgument(args)
        const { value } = await InputDialog.getText({ title: `Mount a commit of ${branchLabel(ref)}`, label: 'Commit id', placeholder: '32 hexadecimal digits', okLabel: 'Mount' })
        const commit = value?.trim() ?? ''
        if (commit !== '') await mounts.mount({ ...ref, name: commitMountNameOf(ref, commit), commit })
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
    commands.addCommand('mount:unmount-all', {
      label: 'Unmount All',
      isEnabled: () => mounts.state.mounts.length > 0,
      execute: async () => {
        const body = 'What was written to writable mounts is committed first. Notebooks cannot read any of the files any more.'
        if (await isConfirmed(`Unmount ${mounts.state.mounts.length} mounts?`, body, 'Unmount all')) await mounts.unmountAll()
      },
    })
  },
}

async function isConfirmed(title: string, body: string, label: string): Promise<boolean> {
  const { button } = await showDialog({ title, body, buttons: [Dialog.cancelButton(), Dialog.okButton({ label })] })
  return button.accept
}
