/** The question before something that cannot be taken back. */
import { Dialog, showDialog } from '@jupyterlab/apputils'

/** Whether the user chose `label`; it names what is done then. */
export async function isConfirmed(title: string, body: string, label: string): Promise<boolean> {
  const { button } = await showDialog({ title, body, buttons: [Dialog.cancelButton(), Dialog.okButton({ label })] })
  return button.accept
}
