/** The note that a notebook remembers commits which are not mounted as they were. */
import type { TranslationBundle } from '@jupyterlab/translation'

import { commitLabel } from '../model/mount-naming.js'
import type { PinRow, PinsState } from '../model/pins-model.js'
import { IconButton } from './IconButton.js'

/** `canMount` when there is something to mount. */
export interface PinsNoteProps {
  readonly pins: PinsState
  readonly canMount: boolean
  readonly onMount: () => void
  readonly onDismiss: () => void
  readonly trans: TranslationBundle
}

/** Nothing while all is as the notebook remembers it. */
export function PinsNote({ pins: { notebookPath = '', rows, isOffered, isMounting }, canMount, onMount, onDismiss, trans }: PinsNoteProps) {
  if (!isOffered) return null
  return (
    <div className="jp-Pachyderm-note jp-Pachyderm-pins" role="status" data-testid="Pins__note">
      <p className="jp-Pachyderm-pinsHead">
        <span title={notebookPath}>
          {trans.__('%1 remembers commits:', notebookPath.slice(notebookPath.lastIndexOf('/') + 1))}
        </span>
        <IconButton icon="close" name={trans.__('Leave the mounts as they are')} testId="Pins__dismiss" onClick={onDismiss} />
      </p>
      <ul aria-label={trans.__('Remembered commits')}>
        {rows.map(row => (
          <li key={row.pin.name} data-place={row.place} data-gone={row.isGone || undefined}>
            {row.pin.name} <span className="jp-Pachyderm-secondary">{commitLabel(row.pin)}</span> · {stateText(row, trans)}
          </li>
        ))}
      </ul>
      {canMount && (
        <button type="button" className="jp-Pachyderm-button jp-mod-primary" disabled={isMounting} data-testid="Pins__mount" onClick={onMount}>
          {trans.__('Mount them')}
        </button>
      )}
      {isMounting && <span className="jp-Pachyderm-secondary">{trans.__('Mounting…')}</span>}
    </div>
  )
}

function stateText({ pin, place, isGone, shownCommit }: PinRow, trans: TranslationBundle): string {
  if (place === 'mounted') return trans.__('mounted')
  if (isGone) return trans.__('Pachyderm does not have the commit %1 any more', pin.commit.slice(0, 8))
  if (place === 'writable') return trans.__('mounted to write; unmount it first')
  return place === 'other' ? trans.__('another commit is mounted: %1', shownCommit.slice(0, 8)) : trans.__('not mounted')
}
