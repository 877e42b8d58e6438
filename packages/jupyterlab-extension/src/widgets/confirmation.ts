/** The question before something that cannot be taken back. */
import { Dialog, showDialog } from '@jupyterlab/apputils'
import type { TranslationBundle } from '@jupyterlab/translation'

/** What is asked. `label` names what is done then. */
export interface Question {
  readonly title: string
  readonly body: string
  readonly label: string
}

/** Whether the user chose `label`. */
export async function isConfirmed({ title, body, label }: Question, trans: TranslationBundle): Promise<boolean> {
  const { button } = await showDialog({ title, body, buttons: [Dialog.cancelButton({ label: trans.__('Cancel') }), Dialog.okButton({ label })] })
  return button.accept
}
