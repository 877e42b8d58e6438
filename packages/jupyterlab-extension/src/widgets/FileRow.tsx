/** One file or directory: icon, name, when it was changed, its size, and what can be done with it. */
import type { TranslationBundle } from '@jupyterlab/translation'
import type { ReactNode } from 'react'

import { sizeText } from '../model/byte-size.js'
import type { FileEntry } from '../model/files-model.js'
import { agoText, momentText } from '../model/moment.js'
import { IconButton } from './IconButton.js'
import { MenuButton } from './MenuButton.js'

/** `icon` is JupyterLab's for this type of file. */
export interface FileRowProps {
  readonly entry: FileEntry
  readonly icon: ReactNode
  readonly onOpen: () => void
  readonly onInsertCode: (entry: FileEntry) => void
  readonly onDownload: (entry: FileEntry) => void
  /** Chooses the row before its menu opens. */
  readonly onMenu: () => void
  readonly trans: TranslationBundle
}

/** The cells of the row. */
export function FileRow({ entry, icon, onOpen, onInsertCode, onDownload, onMenu, trans }: FileRowProps) {
  const { name, sizeBytes, modified } = entry
  return (
    <div className="jp-Pachyderm-fileRow" role="presentation" onDoubleClick={onOpen} title={entryTitle(entry, trans)}>
      <span className="jp-Pachyderm-fileName" role="gridcell">
        <span className="jp-Pachyderm-icon" aria-hidden="true">
          {icon}
        </span>
        <span className="jp-Pachyderm-name">{name}</span>
      </span>
      <span className="jp-Pachyderm-rowActions" role="gridcell">
        <IconButton icon="code" name={trans.__('Insert code that reads %1', name)} testId="Files__insertCode" onClick={() => onInsertCode(entry)} />
        <IconButton icon="download" name={trans.__('Download %1', name)} testId="Files__download" onClick={() => onDownload(entry)} />
        <MenuButton name={trans.__('Menu of %1', name)} testId="Files__menu" onOpen={onMenu} />
      </span>
      <span className="jp-Pachyderm-modified" role="gridcell">
        {agoText(modified)}
      </span>
      <span className="jp-Pachyderm-size" role="gridcell">
        {sizeBytes === undefined ? '' : sizeText(sizeBytes)}
      </span>
    </div>
  )
}

function entryTitle({ name, sizeBytes, modified }: FileEntry, trans: TranslationBundle): string {
  const size = sizeBytes === undefined ? '' : `\n${trans.__('%1 bytes', sizeBytes.toLocaleString())}`
  return `${name}${size}\n${momentText(modified)}`
}
