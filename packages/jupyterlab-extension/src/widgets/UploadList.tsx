/** Files on their way into a mount, and the questions about those that exist already. */
import type { TranslationBundle } from '@jupyterlab/translation'

import { sizeText } from '../model/byte-size.js'
import type { Upload } from '../model/upload-model.js'
import { IconButton } from './IconButton.js'

/** What is shown while there is something to send or to answer. */
export interface UploadListProps {
  readonly uploads: readonly Upload[]
  /** Sends those again that failed, and replaces what stands in the place of the others. */
  readonly onSendAgain: (ids: readonly number[]) => void
  /** Stops and forgets them. */
  readonly onDrop: (ids: readonly number[]) => void
  readonly trans: TranslationBundle
}

const SHOWN = 20

/** Progress of all, then those that need somebody; nothing when there is nothing to do. */
export function UploadList({ uploads, onSendAgain, onDrop, trans }: UploadListProps) {
  if (uploads.length === 0) return null
  const running = uploads.filter(({ status }) => status === 'waiting' || status === 'sending')
  const existing = uploads.filter(({ status }) => status === 'exists')
  const failed = uploads.filter(({ status }) => status === 'failed')
  return (
    <div className="jp-Pachyderm-uploads" data-testid="Files__uploads">
      {running.length > 0 && <RunningUploads uploads={uploads} onStop={() => onDrop(idsOf(running))} trans={trans} />}
      {existing.length > 0 && (
        <div role="alert">
          <p>{trans._n('A file exists already:', '%1 files exist already:', existing.length)}</p>
          <Names uploads={existing} />
          <p className="jp-Pachyderm-noticeActions">
            <button type="button" className="jp-Pachyderm-button" data-testid="Files__replace" onClick={() => onSendAgain(idsOf(existing))}>
              {trans.__('Replace')}
            </button>
            <button type="button" className="jp-Pachyderm-button jp-mod-primary" data-testid="Files__keep" onClick={() => onDrop(idsOf(existing))}>
              {trans.__('Keep')}
            </button>
          </p>
        </div>
      )}
      {failed.length > 0 && (
        <div role="alert">
          <p className="jp-Pachyderm-problem">{trans._n('A file could not be uploaded: %2', '%1 files could not be uploaded: %2', failed.length, failed[0]?.reason)}</p>
          <Names uploads={failed} />
          <p className="jp-Pachyderm-noticeActions">
            <button type="button" className="jp-Pachyderm-button jp-mod-primary" onClick={() => onSendAgain(idsOf(failed))}>
              {trans.__('Retry')}
            </button>
            <button type="button" className="jp-Pachyderm-button" onClick={() => onDrop(idsOf(failed))}>
              {trans.__('Dismiss')}
            </button>
          </p>
        </div>
      )}
    </div>
  )
}

function RunningUploads({ uploads, onStop, trans }: { uploads: readonly Upload[]; onStop: () => void; trans: TranslationBundle }) {
  const counted = uploads.filter(({ status }) => status !== 'exists' && status !== 'failed')
  const totalBytes = counted.reduce((sum, { content }) => sum + content.size, 0)
  const sentBytes = counted.reduce((sum, upload) => sum + upload.sentBytes, 0)
  const sent = counted.filter(({ status }) => status === 'sent').length
  return (
    <span className="jp-Pachyderm-progress">
      <progress aria-label={trans.__('Upload')} value={sentBytes} max={Math.max(1, totalBytes)} />
      <span className="jp-Pachyderm-secondary">{trans.__('%1 of %2 files, %3 of %4', sent, counted.length, sizeText(sentBytes), sizeText(totalBytes))}</span>
      <IconButton icon="close" name={trans.__('Stop uploading')} onClick={onStop} />
    </span>
  )
}

function Names({ uploads }: { uploads: readonly Upload[] }) {
  return (
    <ul className="jp-Pachyderm-uploadNames">
      {uploads.slice(0, SHOWN).map(({ id, path, reason }) => (
        <li key={id} title={reason}>
          {path}
        </li>
      ))}
      {uploads.length > SHOWN && <li>…</li>}
    </ul>
  )
}

function idsOf(uploads: readonly Upload[]): number[] {
  return uploads.map(({ id }) => id)
}
