/** The plugin that shows the same directory again after a reload of the page. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { IStateDB } from '@jupyterlab/statedb'

import { IMountModel } from '../tokens.js'

const KEY = 'jupyterlab-pachyderm:files'

/** The directory is kept with the workspace. */
export const restoreFiles: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:restore-files',
  description: 'Remembers which directory of which mount was shown.',
  autoStart: true,
  requires: [IMountModel, IStateDB],
  activate: (app: JupyterFrontEnd, { files, mounts }: IMountModel, state: IStateDB) => {
    // JupyterLab restores only when all plugins are active, so nothing here may wait for it.
    void app.restored.then(async () => {
      const path = await state.fetch(KEY)
      await mounts.refresh()
      const isMounted = mounts.state.mounts.some(({ name }) => typeof path === 'string' && path.split('/')[0] === name)
      if (typeof path === 'string' && isMounted && files.state.status === 'none') await files.open(path)
      let saved = path
      files.changed.connect(() => {
        const shown = files.state.status === 'none' ? '' : files.state.path
        if (shown !== saved) void state.save(KEY, shown)
        saved = shown
      })
    })
  },
}
