/** The plugin with the commands that mount branches and commits. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import type { MountSpec } from '@jupyterlab-pachyderm/mount-api'

import { branchSchema, mountSpecArgument, someTarget, targetArgument } from '../model/mount-arguments.js'
import { branchLabel, commitUri } from '../model/mount-naming.js'
import { mountSpecOf, targetName } from '../model/repo-tree.js'
import { IMountModel } from '../tokens.js'
import { askName, askText } from '../widgets/ask-text.js'
import { copyText } from '../widgets/clipboard.js'

/** Their arguments are those of `branchSchema`; without, they mean what is chosen in the panel. */
export const branchCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:branches',
  description: 'Mounts branches and commits.',
  autoStart: true,
  requires: [IMountModel],
  activate: ({ commands }: JupyterFrontEnd, { mounts, files, selection, trans }: IMountModel) => {
    const describedBy = { args: branchSchema }
    const isEnabled = (args: Parameters<typeof targetArgument>[0]) => targetArgument(args, selection.state) !== undefined
    const mountAndShow = async (spec: MountSpec) => {
      await mounts.mount(spec)
      if (mounts.state.mounts.some(({ name }) => name === spec.name)) await files.open(spec.name)
    }
    commands.addCommand('mount:mount-branch', {
      label: ({ mode, follow }) => (mode === 'rw' ? trans.__('Mount to Write') : follow === true ? trans.__('Mount and Follow the Branch') : trans.__('Mount to Read')),
      describedBy,
      isEnabled: args => {
        const target = targetArgument(args, selection.state)
        if (target === undefined) return false
        return args.mode === 'rw' ? target.isWritable : args.follow !== true || target.commit === undefined
      },
      execute: args => mountAndShow(mountSpecArgument(args, selection.state)),
    })
    commands.addCommand('mount:mount-as', {
      label: trans.__('Mount under Another Name…'),
      describedBy,
      isEnabled,
      execute: async args => {
        const spec = mountSpecArgument(args, selection.state)
        const title = trans.__('Mount %1', branchLabel(someTarget(args, selection.state)))
        const name = await askName({ title, label: trans.__('Name of the directory'), text: spec.name, button: trans.__('Mount') }, trans)
        if (name !== undefined) await mountAndShow({ ...spec, name })
      },
    })
    commands.addCommand('mount:mount-commit', {
      label: trans.__('Mount a Commit by Its Id…'),
      describedBy,
      isEnabled,
      execute: async args => {
        const target = someTarget(args, selection.state)
        const title = trans.__('Mount a commit of %1', branchLabel(target))
        const commit = await askText({ title, label: trans.__('Commit id'), placeholder: trans.__('32 hexadecimal digits'), text: target.commit ?? '', button: trans.__('Mount') }, trans)
        if (commit !== undefined) await mountAndShow(mountSpecOf({ ...target, commit }))
      },
    })
    commands.addCommand('mount:copy-branch-uri', {
      label: trans.__('Copy Pachyderm URI'),
      describedBy,
      isEnabled,
      execute: args => {
        const target = someTarget(args, selection.state)
        copyText(commitUri(target, target.commit ?? ''), trans.__('URI copied'))
      },
    })
    commands.addCommand('mount:copy-mount-name', {
      label: trans.__('Copy Mount Name'),
      describedBy,
      isEnabled,
      execute: args => copyText(targetName(someTarget(args, selection.state)), trans.__('Name copied')),
    })
  },
}
