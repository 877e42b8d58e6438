/** The icons of files: those that JupyterLab's file browser shows. */
import type { DocumentRegistry } from '@jupyterlab/docregistry'
import { fileIcon as plainFileIcon, folderIcon } from '@jupyterlab/ui-components'
import type { ReactNode } from 'react'

import type { FileEntry } from '../model/files-model.js'

/** The icon of a file by its name, or of a directory. */
export function fileIcon({ name, kind }: FileEntry, documents: DocumentRegistry): ReactNode {
  const icon = kind === 'directory' ? folderIcon : (documents.getFileTypesForPath(name)[0]?.icon ?? plainFileIcon)
  return <icon.react tag="span" stylesheet="listing" />
}
