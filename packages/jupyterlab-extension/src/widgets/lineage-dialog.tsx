/** The dialog that shows where a commit comes from. */
import { Dialog } from '@jupyterlab/apputils'
import type { TranslationBundle } from '@jupyterlab/translation'

import type { LineageModel } from '../model/lineage-model.js'
import type { MountModel } from '../model/mount-model.js'
import { KeyedDialog } from './keyed-dialog.js'
import { LineageTree, type LineageActions } from './LineageTree.js'
import { ReactSection } from './react-section.js'

/** What is shown. `mounts` say what of it is mounted. */
export interface LineageQuestion extends LineageActions {
  readonly title: string
  readonly lineage: LineageModel
  readonly mounts: MountModel
}

/** Shows it until the user closes it, or wants to see one of the commits among the repos. */
export async function showLineage({ title, lineage, mounts, onMount, onCopyId, onShow }: LineageQuestion, trans: TranslationBundle): Promise<void> {
  const body = new ReactSection(
    () => (
      <LineageTree
        lineage={lineage.state}
        mounts={mounts.state.mounts}
        progress={mounts.state.progress}
        problems={mounts.state.problems}
        onMount={onMount}
        onCopyId={onCopyId}
        onShow={target => {
          dialog.resolve(0)
          onShow(target)
        }}
        onRetry={() => void lineage.open()}
        trans={trans}
      />
    ),
    [lineage.changed, mounts.changed],
  )
  body.addClass('jp-Pachyderm-dialog')
  const dialog = new KeyedDialog({ title, body, buttons: [Dialog.cancelButton({ label: trans.__('Close') })] })
  void lineage.open()
  await dialog.launch()
}
