/** Texts for the clipboard, with a word to the user. */
import { Clipboard, Notification } from '@jupyterlab/apputils'

const SHOWN_MS = 2000

/** Copies `text`; `what` begins the sentence that says so. */
export function copyText(text: string, what: string): void {
  Clipboard.copyToSystem(text)
  Notification.emit(`${what} copied`, 'default', { autoClose: SHOWN_MS })
}
