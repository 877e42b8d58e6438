/** The plugin that follows the notebook with the focus, for the Publish tab. */
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application'
import { IDocumentManager } from '@jupyterlab/docmanager'
import { ISettingRegistry } from '@jupyterlab/settingregistry'

import { openNotebookOf } from '../server/open-notebook.js'
import { IMountModel, SETTINGS_ID } from '../tokens.js'

/** The notebook is the one in the main area that had the focus last. */
export const publishNotebook: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:publish',
  description: 'Makes pipelines of notebooks.',
  autoStart: true,
  requires: [IMountModel, IDocumentManager],
  optional: [ISettingRegistry],
  activate: ({ shell }: JupyterFrontEnd, { publish }: IMountModel, documents: IDocumentManager, registry: ISettingRegistry | null) => {
    const follow = () => {
      const widget = shell.currentWidget
      const context = widget ? documents.contextForWidget(widget) : undefined
      publish.show(openNotebookOf(context))
      // The metadata of a notebook that opens comes later than its widget.
      void context?.ready.then(() => shell.currentWidget === widget && publish.show(openNotebookOf(context)))
    }
    shell.currentChanged?.connect(follow)
    follow()
    void registry?.load(SETTINGS_ID).then(settings => {
      const takeImage = () => {
        const image = settings.get('defaultPipelineImage').composite
        publish.setDefaultImage(typeof image === 'string' ? image : '')
      }
      settings.changed.connect(takeImage)
      takeImage()
    })
  },
}
