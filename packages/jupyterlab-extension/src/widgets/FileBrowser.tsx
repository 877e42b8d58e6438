/** The files of the mount that was chosen. */
import type { TranslationBundle } from '@jupyterlab/translation'
import { useState, type DragEvent, type ReactNode } from 'react'

import type { FileEntry, FilesState, ListedFiles } from '../model/files-model.js'
import { nothingSelected, select, type ListSelection } from '../model/list-selection.js'
import type { Upload } from '../model/upload-model.js'
import { Breadcrumb } from './Breadcrumb.js'
import { droppedFiles, hasFiles, type DroppedFile } from './dropped-files.js'
import { FileRow } from './FileRow.js'
import { IconButton } from './IconButton.js'
import { Notice, type NoticeAction } from './Notice.js'
import { UploadList } from './UploadList.js'
import { VirtualList } from './VirtualList.js'

/** `path`s are below the mount directory. */
export interface FileBrowserProps {
  readonly files: FilesState
  readonly uploads: readonly Upload[]
  /** Keys are paths. */
  readonly selection: ListSelection
  readonly onSelect: (selection: ListSelection) => void
  /** JupyterLab's icon for the type of a file. */
  readonly iconOf: (entry: FileEntry) => ReactNode
  readonly onOpen: (path: string) => void
  readonly onOpenFile: (entry: FileEntry) => void
  readonly onFilter: (search: string) => void
  readonly onInsertCode: (entry: FileEntry) => void
  readonly onDownload: (entry: FileEntry) => void
  readonly onLoadMore: () => void
  /** Asks for files of the computer to upload into the shown directory. */
  readonly onChooseFiles: () => void
  readonly onUpload: (files: readonly DroppedFile[]) => void
  readonly onNewFolder: () => void
  /** Asks for another name. */
  readonly onRename: (entry: FileEntry) => void
  /** Deletes what is chosen. */
  readonly onDelete: () => void
  readonly onSendAgain: (ids: readonly number[]) => void
  readonly onDropUploads: (ids: readonly number[]) => void
  readonly trans: TranslationBundle
}

const ROW_PX = 24

/** Breadcrumb, filter and list. Double click or Enter opens; files of the computer can be dropped where writing is possible. */
export function FileBrowser(props: FileBrowserProps) {
  const { files, trans } = props
  const [isDropTarget, setDropTarget] = useState(false)
  if (files.status === 'none') return <Notice headline={trans.__('No mount chosen')} reason={trans.__('Click a mount above to see its files.')} />
  const isWritable = files.status === 'ready' && files.isWritable
  const onDrag = (event: DragEvent) => {
    if (!isWritable || !hasFiles(event.dataTransfer)) return
    event.preventDefault()
    event.stopPropagation()
    setDropTarget(event.type !== 'dragleave' && event.type !== 'drop')
    if (event.type === 'drop') void droppedFiles(event.dataTransfer).then(props.onUpload)
  }
  return (
    <div className="jp-Pachyderm-files" data-drop-target={isDropTarget || undefined} data-writable={isWritable || undefined} onDragEnter={onDrag} onDragOver={onDrag} onDragLeave={onDrag} onDrop={onDrag}>
      <div className="jp-Pachyderm-filesHead">
        <Breadcrumb path={files.path} onOpen={props.onOpen} trans={trans} />
        {isWritable && (
          <span className="jp-Pachyderm-rowActions">
            <IconButton icon="newFolder" name={trans.__('New folder')} testId="Files__newFolder" onClick={props.onNewFolder} />
            <IconButton icon="upload" name={trans.__('Upload files')} testId="Files__upload" onClick={props.onChooseFiles} />
          </span>
        )}
      </div>
      <div className="jp-Pachyderm-filters">
        <input type="search" className="jp-mod-styled" placeholder={trans.__('Filter files by name')} aria-label={trans.__('Filter files by name')} data-testid="Files__filter" value={files.search} onChange={event => props.onFilter(event.target.value)} />
      </div>
      {files.status === 'loading' && <Notice headline={trans.__('Listing files…')} />}
      {files.status === 'failed' && <Notice isError headline={trans.__('The files could not be listed')} reason={files.reason} actions={[{ label: trans.__('Retry'), onClick: () => props.onOpen(files.path) }]} />}
      {files.status === 'ready' && (files.entries.length === 0 ? <EmptyDirectory {...props} files={files} /> : <FileList {...props} files={files} />)}
      <UploadList uploads={props.uploads} onSendAgain={props.onSendAgain} onDrop={props.onDropUploads} trans={trans} />
    </div>
  )
}

type ReadyProps = FileBrowserProps & { readonly files: ListedFiles }

function EmptyDirectory({ files: { search, isWritable }, onFilter, onChooseFiles, trans }: ReadyProps) {
  if (search !== '') {
    return <Notice headline={trans.__('Nothing found')} reason={trans.__('No name in this directory contains “%1”.', search)} actions={[{ label: trans.__('Clear filter'), onClick: () => onFilter('') }]} />
  }
  const upload: NoticeAction = { label: trans.__('Upload files'), onClick: onChooseFiles }
  return isWritable ? (
    <Notice headline={trans.__('This directory is empty')} reason={trans.__('Drop files here, or let a notebook write them.')} actions={[upload]} />
  ) : (
    <Notice headline={trans.__('This directory is empty')} reason={trans.__('The commit has no files here.')} />
  )
}

function FileList({ files, selection, onSelect, iconOf, onOpen, onOpenFile, onLoadMore, onRename, onDelete, trans, ...actions }: ReadyProps) {
  const open = (entry: FileEntry) => (entry.kind === 'directory' ? onOpen(entry.path) : onOpenFile(entry))
  const parent = files.path.includes('/') ? files.path.slice(0, files.path.lastIndexOf('/')) : undefined
  return (
    <>
      <VirtualList
        kind="grid"
        label={trans.__('Files')}
        rows={files.entries}
        rowHeightPx={ROW_PX}
        keyOf={entry => entry.path}
        selection={selection}
        onSelect={onSelect}
        onActivate={open}
        onEnd={onLoadMore}
        {...(files.isWritable ? { onRename, onDelete } : {})}
        {...(parent === undefined ? {} : { onLeave: () => onOpen(parent) })}
        renderRow={entry => <FileRow entry={entry} icon={iconOf(entry)} onOpen={() => open(entry)} onMenu={() => onSelect(select(nothingSelected, [], entry.path))} {...actions} trans={trans} />}
      />
      <p className="jp-Pachyderm-secondary jp-Pachyderm-count" role="status" data-testid="Files__count">
        {files.total === undefined ? trans.__('%1 so far…', files.entries.length.toLocaleString()) : files.entries.length < files.total ? trans.__('%1 of %2', files.entries.length.toLocaleString(), files.total.toLocaleString()) : trans._n('%2 entry', '%2 entries', files.total, files.total.toLocaleString())}
        {selection.keys.size > 1 && ` · ${trans.__('%1 chosen', selection.keys.size)}`}
      </p>
    </>
  )
}
