/** The plugin with the commands on the session: which cluster, as whom, and the log of mount-server. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { InputDialog } from '@jupyterlab/apputils'

import { connectArguments, connectSchema, contextSchema } from '../model/session-arguments.js'
import { IMountModel } from '../tokens.js'
import { mayLeave } from '../widgets/confirm-leaving.js'
import { toast } from '../widgets/toast.js'
import { withoutArguments } from './described-by.js'

const POPUP = 'width=500,height=600'

/** `mount:connect` and `mount:activate-context` answer why it was not possible, or undefined. */
export const sessionCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:session',
  description: 'Choosing a Pachyderm cluster, logging in to it and out of it.',
  autoStart: true,
  requires: [IMountModel],
  activate: ({ commands }: JupyterFrontEnd, { mounts, session, trans }: IMountModel) => {
    const isAt = (...statuses: string[]) => statuses.includes(mounts.state.connection.status)
    commands.addCommand('mount:connect', {
      label: trans.__('Connect to a Cluster'),
      describedBy: { args: connectSchema },
      execute: async args => {
        const { address, serverCas } = connectArguments(args)
        if (!(await mayLeave(mounts.state.mounts, trans.__('Connect'), trans))) return trans.__('Nothing was changed.')
        return session.connect(address, serverCas)
      },
    })
    commands.addCommand('mount:activate-context', {
      label: trans.__('Switch to Another Context'),
      describedBy: { args: contextSchema },
      isEnabled: () => (session.state.contexts?.contexts.length ?? 0) > 0,
      execute: async ({ context }) => {
        const chosen = typeof context === 'string' ? context : await chooseContext()
        if (chosen === null) return undefined
        if (!(await mayLeave(mounts.state.mounts, trans.__('Switch'), trans))) return trans.__('Nothing was changed.')
        const problem = await session.activate(chosen)
        if (problem !== undefined && context === undefined) toast('error', problem)
        return problem
      },
    })
    commands.addCommand('mount:login', {
      label: trans.__('Log In to the Cluster'),
      describedBy: withoutArguments,
      isEnabled: () => isAt('logged-out'),
      execute: () => session.login(address => window.open(address, '', POPUP) !== null),
    })
    commands.addCommand('mount:logout', {
      label: trans.__('Log Out of the Cluster'),
      describedBy: withoutArguments,
      isEnabled: () => mounts.state.connection.status === 'connected' && mounts.state.connection.secured,
      execute: async () => {
        if (!(await mayLeave(mounts.state.mounts, trans.__('Log out'), trans))) return
        const problem = await session.logout()
        if (problem !== undefined) toast('error', trans.__('Logging out was not possible: %1', problem))
      },
    })
    commands.addCommand('mount:restart-server', { label: trans.__('Start mount-server'), describedBy: withoutArguments, isEnabled: () => isAt('no-server'), execute: () => session.restart() })
    let status = mounts.state.connection.status
    mounts.changed.connect(() => {
      if (mounts.state.connection.status === status) return
      status = mounts.state.connection.status
      commands.notifyCommandChanged()
    })

    async function chooseContext(): Promise<string | null> {
      const { contexts = [], connected } = session.state.contexts ?? {}
      const { value } = await InputDialog.getItem({
        title: trans.__('Switch to another context'),
        items: contexts.map(({ name }) => name),
        current: connected ?? 0,
        okLabel: trans.__('Switch'),
        cancelLabel: trans.__('Cancel'),
      })
      return value
    }
  },
}
