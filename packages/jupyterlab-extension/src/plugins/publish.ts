/** The plugin that follows the notebook with the focus, for the Publish tab. */
import { ILabShell, type JupyterFrontEnd, type JupyterFrontEndPlugin } from '@jupyterlab/application'
import { IDocumentManager } from '@jupyterlab/docmanager'
import { ISettingRegistry } from '@jupyterlab/settingregistry'

import { openNotebookOf } from '../server/open-notebook.js'
import { IMountModel } from '../tokens.js'

const SETTINGS = 'jupyterlab-pachyderm:mount'

/** Without a shell that tells of the focus there is no notebook to publish. */
export const publishNotebook: JupyterFrontEndPlugin<void> = {
  id: 'jupyterlab-pachyderm:publish',
  description: 'Makes pipelines of notebooks.',
  autoStart: true,
  requires: [IMountModel, IDocumentManager],
  optional: [ILabShell, ISettingRegistry],
  activate: (_app: JupyterFrontEnd, { publish }: IMountModel, documents: IDocumentManager, shell: ILabShell | null, registry: ISettingRegistry | null) => {
    const follow = () => {
      const widget = shell?.currentWidget
      const context = widget ? documents.contextForWidget(widget) : undefined
      publish.show(openNotebookOf(context))
      // The metadata of a notebook that opens comes later than its widget.
      void context?.ready.then(() => shell?.currentWidget === widget && publish.show(openNotebookOf(context)))
    }
    shell?.currentChanged.connect(follow)
    void registry?.load(SETTINGS).then(settings => {
      const takeImage = () => {
        const image = settings.get('defaultPipelineImage').composite
        publish.setDefaultImage(typeof image === 'string' ? image : '')
      }
      settings.changed.connect(takeImage)
      takeImage()
    })
  },
}
