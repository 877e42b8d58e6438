/** The tab that makes a pipeline of the notebook. */
import type { TranslationBundle } from '@jupyterlab/translation'
import { useId } from 'react'

import type { PipelineFields } from '../model/pipeline-metadata.js'
import { EXAMPLE_SPEC } from '../model/proposed-input.js'
import type { PublishState } from '../model/publish-model.js'
import type { SpecCompletion } from '../model/spec-completion.js'
import { Notice } from './Notice.js'
import { FieldProblem, PipelineField } from './PipelineField.js'
import { PipelinePreview } from './PipelinePreview.js'
import { PublishOutcome } from './PublishOutcome.js'
import { Select } from './Select.js'
import { SpecEditor, type CreateSpecEditor } from './SpecEditor.js'

/** What the tab lets its user do. */
export interface PublishActions {
  /** Takes the fields that changed. */
  readonly edit: (part: Partial<PipelineFields>) => void
  /** The user went on from a field. */
  readonly leave: (field: keyof PipelineFields) => void
  readonly preview: () => void
  readonly closePreview: () => void
  readonly copy: (text: string) => void
  readonly publish: () => void
  readonly look: () => void
  /** Left out where notebooks cannot be made. */
  readonly newNotebook?: () => void
}

/** `triedSpec` is what the Try tab shows datums of; empty when it shows none. */
export interface PublishTabProps {
  readonly state: PublishState
  readonly triedSpec: string
  readonly createEditor: CreateSpecEditor
  readonly complete: (text: string, at: number) => SpecCompletion | undefined
  readonly actions: PublishActions
  readonly trans: TranslationBundle
}

const EXAMPLE_RESOURCES = `gpu:
  type: nvidia.com/gpu
  number: 1`

/** The form; it asks for a notebook when none has the focus. */
export function PublishTab({ state, triedSpec, createEditor, complete, actions, trans }: PublishTabProps) {
  const { notebookPath, fields, problems, inputProblems, resourceProblems, work, preview, outcome } = state
  const gpuId = useId()
  if (notebookPath === undefined) {
    return (
      <Notice
        headline={trans.__('Open a notebook to create a pipeline')}
        reason={trans.__('The pipeline runs its code on each datum of the input. What you fill in here is kept in the notebook.')}
        actions={actions.newNotebook ? [{ label: trans.__('New notebook'), onClick: actions.newNotebook }] : []}
      />
    )
  }
  const busy = work !== undefined
  const field = (name: keyof PipelineFields) => ({
    value: fields[name],
    problem: problems.get(name),
    disabled: busy,
    onEdit: (value: string) => actions.edit({ [name]: value }),
    onLeave: () => actions.leave(name),
  })
  const spec = (name: 'inputSpec' | 'resourceSpec') => ({
    createEditor,
    text: fields[name],
    isReadOnly: busy,
    onEdit: (text: string) => actions.edit({ [name]: text }),
    onLeave: () => actions.leave(name),
    trans,
  })
  return (
    <div className="jp-Pachyderm-form" aria-busy={busy}>
      <h2 className="jp-Pachyderm-title">{trans.__('Publish as Pipeline')}</h2>
      <span>
        {trans.__('Current Notebook:')} <b data-testid="Pipeline__currentNotebookValue">{notebookPath.split('/').at(-1)}</b>
      </span>
      <PipelineField label={trans.__('Pipeline Name:')} placeholder="" isRequired testId="Pipeline__inputPipelineName" {...field('name')} />
      <PipelineField label={trans.__('Pipeline Project Name:')} placeholder="default" testId="Pipeline__inputPipelineProjectName" {...field('project')} />
      <PipelineField label={trans.__('Container Image Name:')} placeholder="" isRequired testId="Pipeline__inputImageName" {...field('image')} />
      <PipelineField label={trans.__('Requirements File:')} placeholder="./requirements.txt" testId="Pipeline__inputRequirements" {...field('requirements')} />
      <PipelineField label={trans.__('External Files:')} placeholder="library1.py,library2.py" testId="Pipeline__inputExternalFiles" {...field('externalFiles')} />
      <PipelineField label={trans.__('Port:')} placeholder="" isNumber testId="Pipeline__inputPort" {...field('port')} />
      <SpecEditor label={`*${trans.__('Pipeline Input Spec:')}`} placeholder={EXAMPLE_SPEC} testId="Pipeline__inputSpecInput" problems={inputProblems} complete={complete} description={`${gpuId}-input`} {...spec('inputSpec')} />
      <FieldProblem id={`${gpuId}-input`} problem={inputProblems.length > 0 ? undefined : problems.get('inputSpec')} />
      {triedSpec !== '' && triedSpec !== fields.inputSpec && (
        <button type="button" className="jp-Pachyderm-link" disabled={busy} data-testid="Pipeline__takeTriedSpec" onClick={() => actions.edit({ inputSpec: triedSpec })}>
          {trans.__('Take the input that is tried')}
        </button>
      )}
      <label htmlFor={gpuId}>{trans.__('Gpu Mode:')}</label>
      <Select id={gpuId} disabled={busy} value={fields.gpuMode} testId="Pipeline__gpuMode" onChange={value => actions.edit({ gpuMode: gpuModeOf(value) })}>
        <option value="None">{trans.__('None')}</option>
        <option value="Simple">{trans.__('Simple')}</option>
        <option value="Advanced">{trans.__('Advanced')}</option>
      </Select>
      {fields.gpuMode === 'Advanced' && (
        <>
          <SpecEditor label={`*${trans.__('Pipeline Resource Spec:')}`} placeholder={EXAMPLE_RESOURCES} testId="Pipeline__resourceSpecInput" problems={resourceProblems} description={`${gpuId}-resources`} {...spec('resourceSpec')} />
          <FieldProblem id={`${gpuId}-resources`} problem={resourceProblems.length > 0 ? undefined : problems.get('resourceSpec')} />
        </>
      )}
      {outcome && <PublishOutcome outcome={outcome} busy={busy} onLook={actions.look} trans={trans} />}
      <div className="jp-Pachyderm-formActions">
        <button type="button" className="jp-Pachyderm-button" disabled={busy} data-testid="Pipeline__preview" onClick={actions.preview}>
          {trans.__('Preview')}
        </button>
        <button type="button" className="jp-Pachyderm-button jp-mod-primary" disabled={busy} data-testid="Pipeline__create_pipeline" onClick={actions.publish}>
          {work === 'publishing' ? trans.__('Publishing…') : trans.__('Publish')}
        </button>
      </div>
      {preview && <PipelinePreview preview={preview} onCopy={actions.copy} onClose={actions.closePreview} trans={trans} />}
    </div>
  )
}

function gpuModeOf(value: string): PipelineFields['gpuMode'] {
  return value === 'Simple' || value === 'Advanced' ? value : 'None'
}
