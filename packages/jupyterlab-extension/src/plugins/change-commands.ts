/** The plugin with the commands on what has changed: in a writable mount, and on the branch of any mount. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import type { MountEntry } from '@jupyterlab-pachyderm/mount-api'

import { ChangesModel } from '../model/changes-model.js'
import { mountArgument, mountSchema, someMount } from '../model/mount-arguments.js'
import { branchLabel, isPinned } from '../model/mount-naming.js'
import { reasonOf } from '../server/api-error.js'
import { changesOfMount, changesSinceMount } from '../server/changes.js'
import { IMountModel } from '../tokens.js'
import { askForCommit, askForUpdate } from '../widgets/changes-dialog.js'
import { isConfirmed } from '../widgets/confirmation.js'
import { toast } from '../widgets/toast.js'

/** Their argument is `mountName`; without, they mean the mount that is chosen in the panel. */
export const changeCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:changes',
  description: 'Commits what was written, or throws it away; shows what others have changed.',
  autoStart: true,
  requires: [IMountModel],
  activate: ({ commands }: JupyterFrontEnd, { mounts, files, history, selection, client, trans }: IMountModel) => {
    /** What was typed for a commit that failed, by name of the mount. */
    const messages = new Map<string, string>()
    const isEnabled = (args: Record<string, unknown>, isPossible: (mount: MountEntry) => boolean) => {
      const mount = mountArgument(args, mounts.state.mounts, selection.state)
      return mount !== undefined && !mounts.state.progress.has(mount.name) && isPossible(mount)
    }
    const discardAll = async ({ name, mountpoint }: MountEntry) => {
      const question = { title: trans.__('Discard all changes of %1?', name), body: trans.__('What was written below %1 since the last commit is lost.', mountpoint), label: trans.__('Discard all') }
      if (!(await isConfirmed(question, trans))) return
      try {
        await client.discardChanges({ name }, {})
      } catch (error) {
        toast('error', trans.__('The changes of %1 are still there: %2', name, reasonOf(error)))
      }
      await Promise.all([mounts.refresh(), files.refresh()])
    }
    commands.addCommand('mount:commit', {
      label: trans.__('Commit What Was Written…'),
      describedBy: { args: mountSchema },
      isEnabled: args => isEnabled(args, ({ mode }) => mode === 'rw'),
      execute: async args => {
        const mount = someMount(args, mounts.state.mounts, selection.state)
        const { name } = mount
        const changes = new ChangesModel(changesOfMount(client, name))
        const answer = await askForCommit({ title: trans.__('Commit %1 to %2', name, branchLabel(mount)), changes, message: messages.get(name) ?? '' }, trans)
        changes.dispose()
        if (answer.kind === 'discard') await discardAll(mount)
        if (answer.kind !== 'commit') return files.refresh()
        messages.set(name, answer.message)
        await mounts.commit(name, answer.message)
        if (mounts.state.problems.has(name)) return
        messages.delete(name)
        await Promise.all([mounts.refresh(), files.refresh(), history.reload(mount)])
      },
    })
    commands.addCommand('mount:discard', {
      label: trans.__('Discard All Changes…'),
      describedBy: { args: mountSchema },
      isEnabled: args => isEnabled(args, ({ mode }) => mode === 'rw'),
      execute: args => discardAll(someMount(args, mounts.state.mounts, selection.state)),
    })
    commands.addCommand('mount:show-news', {
      label: trans.__('Show What Is New on the Branch…'),
      describedBy: { args: mountSchema },
      isEnabled: args => isEnabled(args, mount => mount.how_many_commits_behind > 0),
      execute: async args => {
        const mount = someMount(args, mounts.state.mounts, selection.state)
        const changes = new ChangesModel(changesSinceMount(client, mount))
        const isWanted = await askForUpdate(trans.__('New on %1', branchLabel(mount)), changes, { canUpdate: !isPinned(mount), trans })
        changes.dispose()
        if (isWanted) await mounts.update(mount.name)
      },
    })
  },
}
