/** A dialog whose body has buttons, lists and texts of its own. */
import { Dialog } from '@jupyterlab/apputils'

/** In older JupyterLabs Enter presses a button of the dialog wherever the focus is; in the body it belongs to the body. */
export class KeyedDialog extends Dialog<unknown> {
  override handleEvent(event: Event): void {
    const isInBody = event.target instanceof Element && event.target.closest('.jp-Dialog-body') !== null
    if (event instanceof KeyboardEvent && event.key === 'Enter' && isInBody) return
    super.handleEvent(event)
  }
}
