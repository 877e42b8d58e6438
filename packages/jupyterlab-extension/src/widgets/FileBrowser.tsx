/** The files of the mount that was chosen. */
import type { TranslationBundle } from '@jupyterlab/translation'

import type { FileEntry, FilesState } from '../model/files-model.js'
import { Icon, type IconName } from './Icon.js'
import { IconButton } from './IconButton.js'
import { Notice } from './Notice.js'
import { VirtualList } from './VirtualList.js'

/** `path`s are below the mount directory. */
export interface FileBrowserProps {
  readonly files: FilesState
  readonly onOpen: (path: string) => void
  readonly onOpenFile: (entry: FileEntry) => void
  readonly onCopyPath: (entry: FileEntry) => void
  readonly onInsertCode: (entry: FileEntry) => void
  readonly onDownload: (entry: FileEntry) => void
  readonly onLoadMore: () => void
  readonly trans: TranslationBundle
}

const ROW_PX = 24

/** Breadcrumb and list. Double click or Enter opens. */
export function FileBrowser({ files, onOpen, onOpenFile, onCopyPath, onInsertCode, onDownload, onLoadMore, trans }: FileBrowserProps) {
  if (files.status === 'none') return <Notice headline={trans.__('No mount chosen')} reason={trans.__('Click a mount above to see its files.')} />
  const open = (entry: FileEntry) => (entry.kind === 'directory' ? onOpen(entry.path) : onOpenFile(entry))
  return (
    <div className="jp-Pachyderm-files">
      <Breadcrumb path={files.path} onOpen={onOpen} trans={trans} />
      {files.status === 'loading' && <Notice headline={trans.__('Listing files…')} />}
      {files.status === 'failed' && <Notice isError headline={trans.__('The files could not be listed')} reason={files.reason} actions={[{ label: trans.__('Retry'), onClick: () => onOpen(files.path) }]} />}
      {files.status === 'ready' && files.entries.length === 0 && <Notice headline={trans.__('This directory is empty')} reason={trans.__('The commit has no files here.')} />}
      {files.status === 'ready' && files.entries.length > 0 && (
        <VirtualList
          label={trans.__('Files')}
          rows={files.entries}
          rowHeightPx={ROW_PX}
          keyOf={entry => entry.path}
          onActivate={open}
          onEnd={onLoadMore}
          renderRow={entry => (
            <div className="jp-Pachyderm-fileRow" onDoubleClick={() => open(entry)} title={entryTitle(entry, trans)}>
              <Icon name={iconOf(entry)} />
              <span className="jp-Pachyderm-name">{entry.name}</span>
              <span className="jp-Pachyderm-rowActions">
                <IconButton icon="code" name={trans.__('Insert code that reads %1', entry.name)} testId="Files__insertCode" onClick={() => onInsertCode(entry)} />
                {entry.kind !== 'directory' && <IconButton icon="download" name={trans.__('Download %1', entry.name)} testId="Files__download" onClick={() => onDownload(entry)} />}
                <IconButton icon="copy" name={trans.__('Copy path of %1', entry.name)} testId="Files__copyPath" onClick={() => onCopyPath(entry)} />
              </span>
              <span className="jp-Pachyderm-size">{entry.sizeBytes === undefined ? '' : sizeText(entry.sizeBytes)}</span>
            </div>
          )}
        />
      )}
    </div>
  )
}

function Breadcrumb({ path, onOpen, trans }: Pick<FileBrowserProps, 'onOpen' | 'trans'> & { path: string }) {
  const parts = path.split('/')
  return (
    <nav className="jp-Pachyderm-crumbs" aria-label={trans.__('Directory')}>
      {parts.map((part, index) => {
        const target = parts.slice(0, index + 1).join('/')
        return (
          <span key={target}>
            {index > 0 && ' / '}
            <button type="button" className="jp-Pachyderm-link" aria-current={index === parts.length - 1 ? 'page' : undefined} title={target} onClick={() => onOpen(target)}>
              {part}
            </button>
          </span>
        )
      })}
    </nav>
  )
}

function entryTitle({ name, sizeBytes, modified }: FileEntry, trans: TranslationBundle): string {
  const size = sizeBytes === undefined ? '' : `\n${trans.__('%1 bytes', sizeBytes.toLocaleString())}`
  return `${name}${size}\n${new Date(modified).toLocaleString()}`
}

function iconOf({ kind, name }: FileEntry): IconName {
  if (kind === 'directory') return 'folder'
  if (kind === 'notebook') return 'notebook'
  if (/\.(png|jpe?g|gif|bmp|svg|tiff?|webp)$/i.test(name)) return 'image'
  return /\.(csv|tsv|parquet|xlsx?)$/i.test(name) ? 'table' : 'file'
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

function sizeText(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3))
  const value = bytes / 1000 ** power
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power] ?? ''}`
}
