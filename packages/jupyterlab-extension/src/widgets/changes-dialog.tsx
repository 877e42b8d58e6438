/** The dialogs with changed files: before a commit, and before an update. */
import { Dialog } from '@jupyterlab/apputils'
import type { TranslationBundle } from '@jupyterlab/translation'

import type { ChangesModel } from '../model/changes-model.js'
import { ChangeList } from './ChangeList.js'
import { CommitForm } from './CommitForm.js'
import { KeyedDialog } from './keyed-dialog.js'
import { ReactSection } from './react-section.js'

/** What the user wants to be done with the changes of a mount. */
export type CommitAnswer = { readonly kind: 'commit'; readonly message: string } | { readonly kind: 'discard' } | { readonly kind: 'cancel' }

/** What is asked about. `message` is what was typed before a commit that failed. */
export interface CommitQuestion {
  readonly title: string
  readonly changes: ChangesModel
  readonly message: string
}

/** Shows the changes of a mount, and asks for a message. */
export async function askForCommit({ title, changes, message }: CommitQuestion, trans: TranslationBundle): Promise<CommitAnswer> {
  let typed = message
  const body = new ReactSection(
    () => (
      <CommitForm changes={changes.state} message={message} onMessage={text => (typed = text)} onLoadMore={() => void changes.loadMore()} onDiscard={path => void changes.discard(path)} trans={trans} />
    ),
    [changes.changed],
  )
  body.addClass('jp-Pachyderm-dialog')
  const buttons = [
    Dialog.cancelButton({ label: trans.__('Cancel') }),
    Dialog.warnButton({ label: trans.__('Discard all…'), actions: ['discard'] }),
    Dialog.okButton({ label: trans.__('Commit') }),
  ]
  void changes.open()
  const { button } = await new KeyedDialog({ title, body, buttons, focusNodeSelector: 'textarea' }).launch()
  if (!button.accept) return { kind: 'cancel' }
  return button.actions.includes('discard') ? { kind: 'discard' } : { kind: 'commit', message: typed.trim() }
}

/** Shows what is new on the branch of a mount; whether the user wants to see it in the mount. */
export async function askForUpdate(title: string, changes: ChangesModel, { canUpdate, trans }: { canUpdate: boolean; trans: TranslationBundle }): Promise<boolean> {
  const body = new ReactSection(() => <ChangeList state={changes.state} onLoadMore={() => void changes.loadMore()} trans={trans} />, [changes.changed])
  body.addClass('jp-Pachyderm-dialog')
  const close = Dialog.cancelButton({ label: trans.__('Close') })
  void changes.open()
  const { button } = await new KeyedDialog({ title, body, buttons: canUpdate ? [close, Dialog.okButton({ label: trans.__('Update') })] : [close] }).launch()
  return button.accept
}
