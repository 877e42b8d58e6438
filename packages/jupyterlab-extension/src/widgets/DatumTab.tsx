/** The tab in which the input of a pipeline is tried, datum by datum. */
import type { TranslationBundle } from '@jupyterlab/translation'

import type { DatumState } from '../model/datum-model.js'
import { EXAMPLE_SPEC } from '../model/proposed-input.js'
import type { SpecCompletion } from '../model/spec-completion.js'
import { DatumContents } from './DatumContents.js'
import { DatumCycler } from './DatumCycler.js'
import { SpecEditor, type CreateSpecEditor } from './SpecEditor.js'

/** What the tab lets its user do. */
export interface DatumActions {
  readonly edit: (spec: string) => void
  readonly reset: () => void
  readonly load: () => void
  readonly resume: () => void
  readonly cancel: () => void
  readonly next: () => void
  readonly previous: () => void
  readonly jump: (index: number) => void
  readonly download: () => void
  readonly refreshOutput: () => void
  readonly clearOutput: () => void
  readonly leave: () => void
  /** Shows a directory below the mount among the files. */
  readonly show: (directory: string) => void
}

/** `inputs` are the names under which the shown datum is mounted. */
export interface DatumTabProps {
  readonly state: DatumState
  readonly inputs: readonly string[]
  readonly createEditor: CreateSpecEditor
  readonly complete: (text: string, at: number) => SpecCompletion | undefined
  readonly actions: DatumActions
  readonly trans: TranslationBundle
}

/** The editor, and below it the shown datum. */
export function DatumTab({ state, inputs, createEditor, complete, actions, trans }: DatumTabProps) {
  const { spec, specProblems, work, place, problem, output, downloadedTo, unfinished } = state
  const busy = work !== undefined
  return (
    <div className="jp-Pachyderm-form" aria-busy={busy}>
      <SpecEditor
        label={trans.__('Input spec')}
        placeholder={EXAMPLE_SPEC}
        testId="Datum__inputSpecInput"
        createEditor={createEditor}
        text={spec}
        problems={specProblems}
        isReadOnly={busy}
        complete={complete}
        description="jp-Pachyderm-datumProblem"
        onEdit={actions.edit}
        trans={trans}
      />
      <p id="jp-Pachyderm-datumProblem" className="jp-Pachyderm-problem" role="alert" data-testid="Datum__errorMessage">
        {problem}
      </p>
      <p className="jp-Pachyderm-secondary" role="status" data-testid="Datum__infoMessage">
        {hintFor(state, trans)}
      </p>
      {downloadedTo !== undefined && (
        <p className="jp-Pachyderm-success" role="status" data-testid="Datum__successMessage">
          {trans.__('Datum downloaded to %1', downloadedTo)}
        </p>
      )}
      <div className="jp-Pachyderm-formActions">
        {!busy && (
          <button type="button" className="jp-Pachyderm-link" title={trans.__('Replace the text by what is mounted')} disabled={place !== undefined} data-testid="Datum__reset" onClick={actions.reset}>
            {trans.__('From the mounts')}
          </button>
        )}
        {work === 'loading' && (
          <button type="button" className="jp-Pachyderm-button" data-testid="Datum__cancel" onClick={actions.cancel}>
            {trans.__('Cancel')}
          </button>
        )}
        {unfinished !== undefined && place === undefined && (
          <button type="button" className="jp-Pachyderm-button" disabled={busy} data-testid="Datum__resume" onClick={actions.resume}>
            {trans.__('Go on with datum %1', unfinished + 1)}
          </button>
        )}
        <button type="button" className="jp-Pachyderm-button jp-mod-primary" disabled={busy || spec.trim() === ''} data-testid="Datum__loadDatums" onClick={actions.load}>
          <span data-testid="Datum__mountDatums">{trans.__('Load Datums')}</span>
        </button>
      </div>
      {place && (
        <section className="jp-Pachyderm-datum" aria-label={trans.__('Shown datum')}>
          <DatumCycler place={place} busy={busy} onNext={actions.next} onPrevious={actions.previous} onJump={actions.jump} trans={trans} />
          <DatumContents inputs={inputs} output={output} busy={busy} onShow={actions.show} onRefresh={actions.refreshOutput} onClear={actions.clearOutput} trans={trans} />
          <div className="jp-Pachyderm-formActions">
            <button type="button" className="jp-Pachyderm-button" title={trans.__('Mount again what was mounted before')} disabled={busy} data-testid="Datum__back" onClick={actions.leave}>
              {trans.__('Back')}
            </button>
            <button type="button" className="jp-Pachyderm-button" disabled={busy} data-testid="Datum__downloadDatum" onClick={actions.download}>
              {work === 'downloading' ? trans.__('Downloading…') : trans.__('Download Datum')}
            </button>
          </div>
        </section>
      )}
    </div>
  )
}

function hintFor({ work, place, isUnordered }: DatumState, trans: TranslationBundle): string {
  if (work === 'loading') return trans.__('This could take a few minutes...')
  if (work === 'leaving') return trans.__('Mounting again what was mounted before…')
  if (!place) return trans.__('Datums take the place of what is mounted; what was written is committed first. All comes back when you leave.')
  return isUnordered ? trans.__('Datum order not guaranteed: the datums of a join or group come by their ids, which change with the data.') : ''
}
