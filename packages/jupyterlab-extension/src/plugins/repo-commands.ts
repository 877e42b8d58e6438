/** The plugin with the command that makes a repo. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'

import { reasonOf } from '../server/api-error.js'
import { IMountModel } from '../tokens.js'
import { askText } from '../widgets/ask-text.js'
import { toast } from '../widgets/toast.js'
import { withoutArguments } from './described-by.js'

/** A new repo is shown as a mount to write, since it has nothing to read. */
export const repoCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:repos',
  description: 'Makes repos.',
  autoStart: true,
  requires: [IMountModel],
  activate: ({ commands }: JupyterFrontEnd, { client, mounts, trans }: IMountModel) => {
    commands.addCommand('mount:new-repo', {
      label: trans.__('New Repo…'),
      describedBy: withoutArguments,
      isEnabled: () => mounts.state.connection.status === 'connected',
      execute: async () => {
        const title = trans.__('New repo')
        const name = await askText({ title, label: trans.__('Name, or PROJECT/NAME'), button: trans.__('Make') }, trans)
        const [repo, project = 'default'] = name?.split('/').reverse() ?? []
        if (repo === undefined) return
        try {
          await client.createRepo({ project, repo }, {})
        } catch (error) {
          toast('error', trans.__('The repo %1 could not be made: %2', repo, reasonOf(error)))
          return
        }
        await mounts.refresh()
        await commands.execute('mount:mount-branch', { project, repo, branch: 'master', mode: 'rw' })
      },
    })
  },
}
