/** The last lines of the log of mount-server. */
import type { TranslationBundle } from '@jupyterlab/translation'

import type { LogState } from '../model/log-model.js'
import { Notice } from './Notice.js'

/** `onRefresh` asks for newer ones. */
export interface LogViewProps {
  readonly log: LogState
  readonly onRefresh: () => void
  readonly trans: TranslationBundle
}

/** The lines as they were printed. */
export function LogView({ log, onRefresh, trans }: LogViewProps) {
  const { lines, problem } = log
  return (
    <div className="jp-Pachyderm-log">
      <p className="jp-Pachyderm-noticeActions">
        <button type="button" className="jp-Pachyderm-button" onClick={onRefresh}>
          {trans.__('Refresh')}
        </button>
      </p>
      {problem !== undefined && (
        <p className="jp-Pachyderm-problem" role="alert">
          {problem}
        </p>
      )}
      {lines.length === 0 ? <Notice headline={trans.__('mount-server has not said anything')} /> : <pre tabIndex={0} data-testid="Log__lines">{lines.join('\n')}</pre>}
    </div>
  )
}
