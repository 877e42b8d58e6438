/** The question before a pipeline that is there is replaced. */
import { Dialog, ReactWidget, showDialog } from '@jupyterlab/apputils'
import type { TranslationBundle } from '@jupyterlab/translation'

import type { Replacement } from '../model/publish-model.js'
import { SpecDifference } from './SpecDifference.js'

/** Whether the user wants it replaced, having seen what changes. */
export async function isReplaced(replacement: Replacement, trans: TranslationBundle): Promise<boolean> {
  const { project, pipeline } = replacement.running
  const { button } = await showDialog({
    title: trans.__('Replace the pipeline %1?', `${project}/${pipeline}`),
    body: ReactWidget.create(<SpecDifference replacement={replacement} trans={trans} />),
    buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), Dialog.warnButton({ label: trans.__('Replace') })],
  })
  return button.accept
}
