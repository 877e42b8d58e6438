/** The line in the status bar. */
import type { TranslationBundle } from '@jupyterlab/translation'

import type { MountState } from '../model/mount-model.js'
import { statusText } from '../model/status-text.js'

/** A click shows the panel. */
export interface StatusItemProps {
  readonly state: MountState
  readonly onClick: () => void
  readonly trans: TranslationBundle
}

/** The cluster, how much is mounted and uncommitted, and what runs. */
export function StatusItem({ state, onClick, trans }: StatusItemProps) {
  return (
    <button type="button" className="jp-Pachyderm-status" title={trans.__('Show Pachyderm data')} data-testid="Status__item" onClick={onClick}>
      {statusText(state, trans)}
    </button>
  )
}
