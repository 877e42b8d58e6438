/** Texts for the clipboard, with a word to the user. */
import { Clipboard, Notification } from '@jupyterlab/apputils'

const SHOWN_MS = 2000

/** Copies `text`, and says so with `told`. */
export function copyText(text: string, told: string): void {
  Clipboard.copyToSystem(text)
  Notification.emit(told, 'default', { autoClose: SHOWN_MS })
}
