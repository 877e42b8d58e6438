/** The plugin with the commands on mounts: show, update, follow, unmount, copy names. What could lose work asks first. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import type { MountEntry } from '@jupyterlab-pachyderm/mount-api'

import { mountArgument, mountSchema, someMount } from '../model/mount-arguments.js'
import { branchLabel, commitUri, isPinned } from '../model/mount-naming.js'
import { mountedPath } from '../model/mounted-path.js'
import { IMountModel } from '../tokens.js'
import { copyText } from '../widgets/clipboard.js'
import { askWhatHappens, isConfirmed } from '../widgets/confirmation.js'
import { withoutArguments } from './described-by.js'

/** Their argument is `mountName`; without, they mean the mount that is chosen in the panel. */
export const mountCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:mounts',
  description: 'Commands on mounts.',
  autoStart: true,
  requires: [IMountModel],
  activate: ({ commands }: JupyterFrontEnd, { mounts, files, selection, client, trans }: IMountModel) => {
    const add = (id: string, label: string, execute: (mount: MountEntry) => unknown, { isPossible = () => true, isToggled }: CommandStates = {}) =>
      commands.addCommand(id, {
        label,
        describedBy: { args: mountSchema },
        isEnabled: args => {
          const mount = mountArgument(args, mounts.state.mounts, selection.state)
          return mount !== undefined && !mounts.state.progress.has(mount.name) && isPossible(mount)
        },
        ...(isToggled && {
          isToggled: args => {
            const mount = mountArgument(args, mounts.state.mounts, selection.state)
            return mount !== undefined && isToggled(mount)
          },
        }),
        execute: args => execute(someMount(args, mounts.state.mounts, selection.state)),
      })
    add('mount:show-files', trans.__('Show Files of the Mount'), ({ name }) => files.open(name))
    add('mount:update', trans.__('Update to the Newest Commit'), ({ name }) => mounts.update(name), { isPossible: mount => mount.how_many_commits_behind > 0 && !isPinned(mount) })
    add('mount:follow', trans.__('Follow the Branch'), ({ name, following }) => mounts.follow(name, following !== true), {
      isPossible: mount => mount.mode === 'ro' && mount.branch !== '' && !isPinned(mount),
      isToggled: ({ following }) => following === true,
    })
    add('mount:copy-mount-path', trans.__('Copy Path of the Mount'), ({ name }) => copyText(mountedPath(name, mounts.state.mounts), trans.__('Path copied')))
    add('mount:copy-mount-uri', trans.__('Copy Mounted URI'), mount => copyText(commitUri(mount, mount.commit), trans.__('URI copied')))
    add('mount:unmount', trans.__('Unmount'), async mount => {
      const { name } = mount
      const count = mount.mode === 'ro' ? 0 : await client.listChanges({ name, limit: 1 }).then(({ counts: { added, changed, deleted } }) => added + changed + deleted)
      if (count === 0) return mounts.unmount(name)
      const answer = await askWhatHappens(
        {
          title: trans.__('Unmount %1?', name),
          body: trans._n('A changed file is not committed to %2.', '%1 changed files are not committed to %2.', count, branchLabel(mount)),
          labels: { discard: trans.__('Discard and unmount'), keep: trans.__('Commit and unmount') },
        },
        trans,
      )
      if (answer === 'discard') await client.discardChanges({ name }, {})
      if (answer !== 'cancel') await mounts.unmount(name)
    })
    commands.addCommand('mount:unmount-all', {
      label: trans.__('Unmount All'),
      describedBy: withoutArguments,
      isEnabled: () => mounts.state.mounts.length > 0,
      execute: async () => {
        const { length } = mounts.state.mounts
        const title = trans._n('Unmount %1 mount?', 'Unmount %1 mounts?', length)
        const body = trans.__('What was written to writable mounts is committed first. Notebooks cannot read any of the files any more.')
        if (await isConfirmed({ title, body, label: trans.__('Unmount all') }, trans)) await mounts.unmountAll()
      },
    })
  },
}

interface CommandStates {
  /** Whether it can be done with that mount. */
  readonly isPossible?: (mount: MountEntry) => boolean
  readonly isToggled?: (mount: MountEntry) => boolean
}
