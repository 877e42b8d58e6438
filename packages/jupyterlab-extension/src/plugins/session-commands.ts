/** The plugin with the commands on the session: log in, log out, start mount-server. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { Notification } from '@jupyterlab/apputils'

import { waitForLogin } from '../model/login.js'
import { reasonOf } from '../server/api-error.js'
import { IMountModel } from '../tokens.js'

const POPUP = 'width=500,height=600'

/** `mount:login` answers why it was not possible, or undefined. */
export const sessionCommands: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:session',
  description: 'Logging in to a Pachyderm cluster and out of it.',
  autoStart: true,
  requires: [IMountModel],
  activate: ({ commands }: JupyterFrontEnd, { mounts, trans }: IMountModel) => {
    commands.addCommand('mount:login', {
      label: trans.__('Log In to the Cluster'),
      execute: async () => {
        try {
          const address = await mounts.login()
          if (window.open(address, '', POPUP) === null) return trans.__('The browser did not open the window. Open it yourself: %1', address)
          await waitForLogin(mounts)
          return undefined
        } catch (error) {
          return reasonOf(error)
        }
      },
    })
    commands.addCommand('mount:logout', {
      label: trans.__('Log Out of the Cluster'),
      execute: () => mounts.logout().catch((error: unknown) => Notification.error(trans.__('Logging out was not possible: %1', reasonOf(error)))),
    })
    commands.addCommand('mount:restart-server', { label: trans.__('Start mount-server'), execute: () => mounts.restart() })
  },
}
