/** The tab in which the input of a pipeline is tried, datum by datum. */
import type { TranslationBundle } from '@jupyterlab/translation'

import type { DatumState } from '../model/datum-model.js'
import { EXAMPLE_SPEC } from '../model/input-spec.js'
import { IconButton } from './IconButton.js'

/** `inputs` are the names under which the shown datum is mounted. */
export interface DatumTabProps {
  readonly state: DatumState
  readonly inputs: readonly string[]
  readonly onEdit: (spec: string) => void
  readonly onLoad: () => void
  readonly onNext: () => void
  readonly onPrevious: () => void
  readonly onLeave: () => void
  readonly onShow: (input: string) => void
  readonly trans: TranslationBundle
}

/** The editor, and below it the shown datum. */
export function DatumTab({ state, inputs, onEdit, onLoad, onNext, onPrevious, onLeave, onShow, trans }: DatumTabProps) {
  const { spec, busy, place, problem } = state
  return (
    <div className="jp-Pachyderm-form" aria-busy={busy}>
      <label htmlFor="jp-Pachyderm-inputSpec">{trans.__('Input spec')}</label>
      <textarea
        id="jp-Pachyderm-inputSpec"
        className="jp-mod-styled"
        rows={8}
        spellCheck={false}
        placeholder={EXAMPLE_SPEC}
        value={spec}
        disabled={busy}
        aria-describedby="jp-Pachyderm-datumProblem"
        data-testid="Datum__inputSpecInput"
        onChange={event => onEdit(event.target.value)}
      />
      <p id="jp-Pachyderm-datumProblem" className="jp-Pachyderm-problem" role="alert" data-testid="Datum__errorMessage">
        {problem}
      </p>
      <p className="jp-Pachyderm-secondary" role="status" data-testid="Datum__infoMessage">
        {busy ? trans.__('This could take a few minutes...') : place ? '' : trans.__('Datums take the place of what is mounted; it comes back when you stop.')}
      </p>
      <div className="jp-Pachyderm-formActions">
        {place && (
          <button type="button" className="jp-Pachyderm-button" disabled={busy} data-testid="Datum__back" onClick={onLeave}>
            {trans.__('Stop')}
          </button>
        )}
        <button type="button" className="jp-Pachyderm-button jp-mod-primary" disabled={busy || spec.trim() === ''} data-testid="Datum__loadDatums" onClick={onLoad}>
          {trans.__('Load Datums')}
        </button>
      </div>
      {place && (
        <>
          <div className="jp-Pachyderm-cycler" data-testid="Datum__cycler">
            <IconButton icon="previous" name={trans.__('Previous datum')} testId="Datum__cyclerLeft" disabled={busy || place.index === 0} onClick={onPrevious} />
            <span>{trans.__('Datum (%1/%2)', place.index + 1, `${place.count}${place.isComplete ? '' : '+'}`)}</span>
            <IconButton icon="next" name={trans.__('Next datum')} testId="Datum__cyclerRight" disabled={busy || (place.isComplete && place.index >= place.count - 1)} onClick={onNext} />
          </div>
          <ul className="jp-Pachyderm-inputs" aria-label={trans.__('Inputs of this datum')}>
            {inputs.map(input => (
              <li key={input}>
                <button type="button" className="jp-Pachyderm-link" title={trans.__('Show the files of %1', input)} onClick={() => onShow(input)}>
                  {input}
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}
