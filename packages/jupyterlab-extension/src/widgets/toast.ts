/** Notifications that come into sight: JupyterLab keeps those without a time in the list behind its bell. */
import { Notification } from '@jupyterlab/apputils'

/** Then it stays in the list. */
const SHOWN_MS = 15_000

type Kind = 'info' | 'success' | 'warning' | 'error'

/** Shows a text of at most 140 characters, longer ones are cut by JupyterLab; `actions` are buttons below it. */
export function toast(kind: Kind, text: string, actions: Notification.IAction[] = []): void {
  Notification[kind](text, { actions, autoClose: SHOWN_MS })
}
