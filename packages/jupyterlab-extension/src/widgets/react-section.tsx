/** React components as JupyterLab widgets, with JupyterLab's icons. */
import {
  ReactWidget, addIcon, caretDownIcon, fileUploadIcon, newFolderIcon, undoIcon, caretRightIcon, closeIcon, codeIcon, copyIcon, downloadIcon, editIcon, ellipsesIcon, fileIcon, folderIcon, historyIcon, imageIcon, listIcon,
  lockIcon, moveUpIcon, notebookIcon, refreshIcon, saveIcon, searchIcon, spreadsheetIcon, caretLeftIcon, errorIcon, type LabIcon,
} from '@jupyterlab/ui-components'
import type { Message } from '@lumino/messaging'
import type { ISignal } from '@lumino/signaling'
import type { ReactElement } from 'react'

import { IconContext, type IconName } from './Icon.js'

const ICONS: Record<IconName, LabIcon> = {
  refresh: refreshIcon,
  more: ellipsesIcon,
  close: closeIcon,
  open: caretDownIcon,
  closed: caretRightIcon,
  update: moveUpIcon,
  folder: folderIcon,
  file: fileIcon,
  notebook: notebookIcon,
  image: imageIcon,
  table: spreadsheetIcon,
  copy: copyIcon,
  code: codeIcon,
  search: searchIcon,
  lock: lockIcon,
  edit: editIcon,
  project: folderIcon,
  repo: listIcon,
  warning: errorIcon,
  show: caretRightIcon,
  commit: saveIcon,
  download: downloadIcon,
  previous: caretLeftIcon,
  next: caretRightIcon,
  history: historyIcon,
  upload: fileUploadIcon,
  add: addIcon,
  newFolder: newFolderIcon,
  discard: undoIcon,
}

/** A widget that shows what `element` gives, again at each of `signals`; `onShow` is called when it comes into sight. */
export class ReactSection extends ReactWidget {
  constructor(
    private readonly element: () => ReactElement,
    private readonly signals: readonly ISignal<unknown, unknown>[],
    private readonly onShow = () => {},
  ) {
    super()
    this.addClass('jp-Pachyderm-section')
    for (const signal of signals) signal.connect(this.onSignal)
  }

  override dispose(): void {
    for (const signal of this.signals) signal.disconnect(this.onSignal)
    super.dispose()
  }

  protected override onAfterShow(message: Message): void {
    super.onAfterShow(message)
    this.onShow()
  }

  protected render(): ReactElement {
    return <IconContext.Provider value={name => <LabIconView name={name} />}>{this.element()}</IconContext.Provider>
  }

  private readonly onSignal = (): void => {
    this.update()
  }
}

function LabIconView({ name }: { name: IconName }) {
  const icon = ICONS[name]
  return <icon.react tag="span" stylesheet="menuItem" />
}
