/** The plugin with the commands that show where a commit comes from, and where it stands among the repos. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'

import { LineageModel, type LineageSource } from '../model/lineage-model.js'
import { branchSchema, mountArgument, mountSchema, someMount, someTarget, targetArgument } from '../model/mount-arguments.js'
import { commitLabel } from '../model/mount-naming.js'
import { IMountModel } from '../tokens.js'
import { copyText } from '../widgets/clipboard.js'
import { showLineage } from '../widgets/lineage-dialog.js'

/** Those on mounts take `mountName`, the others the arguments of `branchSchema`; without, they mean what is chosen in the panel. */
export const lineageCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:lineage',
  description: 'Shows what commits were made from, and what was made from them.',
  autoStart: true,
  requires: [IMountModel],
  activate: ({ commands }: JupyterFrontEnd, { mounts, selection, client, trans }: IMountModel) => {
    const show = async (source: LineageSource) => {
      const lineage = new LineageModel(client, source)
      const actions = {
        onMount: ({ project, repo, branch, commit }: LineageTarget) => void commands.execute('mount:mount-branch', { project, repo, branch, commit }),
        onCopyId: ({ commit = '' }: LineageTarget) => copyText(commit, trans.__('Commit ID copied')),
        onShow: ({ project, repo, branch, commit }: LineageTarget) => void commands.execute('mount:show-in-data', { project, repo, branch, commit }),
      }
      await showLineage({ title: trans.__('Where %1 comes from', commitLabel(source)), lineage, mounts, ...actions }, trans)
      lineage.dispose()
    }
    commands.addCommand('mount:show-provenance', {
      label: trans.__('Where the Mount Comes From…'),
      describedBy: { args: mountSchema },
      isEnabled: args => (mountArgument(args, mounts.state.mounts, selection.state)?.commit ?? '') !== '',
      execute: args => show(someMount(args, mounts.state.mounts, selection.state)),
    })
    commands.addCommand('mount:show-commit-provenance', {
      label: trans.__('Where This Comes From…'),
      describedBy: { args: branchSchema },
      isEnabled: args => targetArgument(args, selection.state) !== undefined,
      execute: args => {
        const target = someTarget(args, selection.state)
        return show({ ...target, commit: target.commit ?? '' })
      },
    })
    commands.addCommand('mount:show-in-data', {
      label: trans.__('Show among the Repositories'),
      describedBy: { args: branchSchema },
      isEnabled: args => targetArgument(args, selection.state) !== undefined,
      execute: async args => {
        selection.reveal(someTarget(args, selection.state))
        await commands.execute('mount:show-panel')
      },
    })
  },
}

type LineageTarget = ReturnType<typeof someTarget>
