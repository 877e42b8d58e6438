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

/** A question with two ways to go on: losing something, and keeping it. */
export interface Choice {
  readonly title: string
  readonly body: string
  readonly labels: { readonly discard: string; readonly keep: string }
}

/** What the user chose. */
export async function askWhatHappens({ title, body, labels }: Choice, trans: TranslationBundle): Promise<'discard' | 'keep' | 'cancel'> {
  const buttons = [Dialog.cancelButton({ label: trans.__('Cancel') }), Dialog.warnButton({ label: labels.discard, actions: ['discard'] }), Dialog.okButton({ label: labels.keep })]
  const { button } = await showDialog({ title, body, buttons })
  if (!button.accept) return 'cancel'
  return button.actions.includes('discard') ? 'discard' : 'keep'
}
