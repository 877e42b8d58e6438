/** The plugin with the commands that need no mount yet, or all of them: mount a commit, unmount all. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { InputDialog } from '@jupyterlab/apputils'

import { branchArgument, branchSchema } from '../model/mount-arguments.js'
import { branchLabel, commitMountNameOf } from '../model/mount-naming.js'
import { IMountModel } from '../tokens.js'
import { isConfirmed } from '../widgets/confirmation.js'
import { withoutArguments } from './described-by.js'

/** The arguments of `mount:mount-commit` are `project`, `repo` and `branch`. */
export const branchCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:branches',
  description: 'Commands on branches, and on all mounts at once.',
  autoStart: true,
  requires: [IMountModel],
  activate: ({ commands }: JupyterFrontEnd, { mounts, trans }: IMountModel) => {
    commands.addCommand('mount:mount-commit', {
      label: trans.__('Mount a Commit'),
      describedBy: { args: branchSchema },
      execute: async args => {
        const ref = branchArgument(args)
        const { value } = await InputDialog.getText({
          title: trans.__('Mount a commit of %1', branchLabel(ref)),
          label: trans.__('Commit id'),
          placeholder: trans.__('32 hexadecimal digits'),
          okLabel: trans.__('Mount'),
          cancelLabel: trans.__('Cancel'),
        })
        const commit = value?.trim() ?? ''
        if (commit !== '') await mounts.mount({ ...ref, name: commitMountNameOf(ref, commit), commit })
      },
    })
    commands.addCommand('mount:unmount-all', {
      label: trans.__('Unmount All'),
      describedBy: withoutArguments,
      isEnabled: () => mounts.state.mounts.length > 0,
      execute: async () => {
        const question = {
          title: trans._n('Unmount %1 mount?', 'Unmount %1 mounts?', mounts.state.mounts.length),
          body: trans.__('What was written to writable mounts is committed first. Notebooks cannot read any of the files any more.'),
          label: trans.__('Unmount all'),
        }
        if (await isConfirmed(question, trans)) await mounts.unmountAll()
      },
    })
  },
}
