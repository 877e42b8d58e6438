/** What became of a publication. */
import type { TranslationBundle } from '@jupyterlab/translation'

import type { PublishOutcome as Outcome } from '../model/publish-model.js'
import { useIntoSight } from './into-sight.js'

/** `onLook` asks how the pipeline is by now. */
export interface PublishOutcomeProps {
  readonly outcome: Outcome
  readonly busy: boolean
  readonly onLook: () => void
  readonly trans: TranslationBundle
}

/** The result, the state of the pipeline, and where more is to be seen. It comes into sight by itself: the form is long. */
export function PublishOutcome({ outcome, busy, onLook, trans }: PublishOutcomeProps) {
  return (
    <div ref={useIntoSight<HTMLDivElement>(outcome)}>
      <Told outcome={outcome} busy={busy} onLook={onLook} trans={trans} />
    </div>
  )
}

function Told({ outcome, busy, onLook, trans }: PublishOutcomeProps) {
  if (outcome.kind === 'refused') {
    return (
      <p className="jp-Pachyderm-problem" role="alert" data-testid="Pipeline__errorMessage">
        {outcome.text}
      </p>
    )
  }
  const { text, isRunning, state, consoleUrl } = outcome
  return (
    <div className={isRunning ? 'jp-Pachyderm-success' : 'jp-Pachyderm-warning'} role="status">
      <p data-testid="Pipeline__responseMessage">{text}</p>
      <p className="jp-Pachyderm-noticeActions">
        {state !== '' && <span data-testid="Pipeline__state">{trans.__('State: %1', state.replace(/^PIPELINE_/, '').toLowerCase())}</span>}
        <button type="button" className="jp-Pachyderm-link" disabled={busy} data-testid="Pipeline__look" onClick={onLook}>
          {trans.__('Look again')}
        </button>
        {consoleUrl !== undefined && (
          <a href={consoleUrl} target="_blank" rel="noreferrer" className="jp-Pachyderm-link" data-testid="Pipeline__console">
            {trans.__('Open in Console')}
          </a>
        )}
      </p>
    </div>
  )
}
