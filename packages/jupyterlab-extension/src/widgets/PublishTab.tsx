/** The tab that makes a pipeline of the notebook. */
import type { TranslationBundle } from '@jupyterlab/translation'
import { useId, type ReactNode } from 'react'

import type { PipelineFields } from '../model/pipeline-metadata.js'
import type { PublishState } from '../model/publish-model.js'
import { EXAMPLE_SPEC } from '../model/input-spec.js'
import { Notice } from './Notice.js'
import { Select } from './Select.js'

/** `onEdit` takes the fields that changed. */
export interface PublishTabProps {
  readonly state: PublishState
  readonly onEdit: (part: Partial<PipelineFields>) => void
  readonly onPreview: () => void
  readonly onPublish: () => void
  readonly trans: TranslationBundle
}

type TextField = Exclude<keyof PipelineFields, 'gpuMode'>

type Line = readonly [field: TextField, label: string, placeholder: string, testId: string]

function lines(trans: TranslationBundle): readonly Line[] {
  return [
    ['name', trans.__('*Pipeline Name:'), '', 'Pipeline__inputPipelineName'],
    ['project', trans.__('Pipeline Project Name:'), 'default', 'Pipeline__inputPipelineProjectName'],
    ['image', trans.__('*Container Image Name:'), '', 'Pipeline__inputImageName'],
    ['requirements', trans.__('Requirements File:'), './requirements.txt', 'Pipeline__inputRequirements'],
    ['externalFiles', trans.__('External Files:'), 'library1.py,library2.py', 'Pipeline__inputExternalFiles'],
    ['port', trans.__('Port:'), '', 'Pipeline__inputPort'],
  ]
}

const EXAMPLE_RESOURCES = `gpu:
  type: nvidia.com/gpu
  number: 1`

/** The form; it asks for a notebook when none has the focus. */
export function PublishTab({ state, onEdit, onPreview, onPublish, trans }: PublishTabProps) {
  const { notebookPath, fields, busy, preview, outcome } = state
  if (notebookPath === undefined) {
    return <Notice headline={trans.__('Open a notebook to create a pipeline')} reason={trans.__('The pipeline runs its code on each datum of the input. What you fill in here is kept in the notebook.')} />
  }
  const area = (field: TextField, placeholder: string, testId: string) => (id: string) => (
    <textarea id={id} className="jp-mod-styled" rows={5} spellCheck={false} disabled={busy} placeholder={placeholder} value={fields[field]} data-testid={testId} onChange={event => onEdit({ [field]: event.target.value })} />
  )
  return (
    <div className="jp-Pachyderm-form" aria-busy={busy}>
      <span>
        {trans.__('Current Notebook:')} <b data-testid="Pipeline__currentNotebookValue">{notebookPath.split('/').at(-1)}</b>
      </span>
      {lines(trans).map(([field, label, placeholder, testId]) => (
        <Labelled key={field} label={label}>
          {id => <input id={id} className="jp-mod-styled" spellCheck={false} disabled={busy} placeholder={placeholder} value={fields[field]} data-testid={testId} onChange={event => onEdit({ [field]: event.target.value })} />}
        </Labelled>
      ))}
      <Labelled label={trans.__('*Pipeline Input Spec:')}>{area('inputSpec', EXAMPLE_SPEC, 'Pipeline__inputSpecInput')}</Labelled>
      <Labelled label={trans.__('Gpu Mode:')}>
        {id => (
          <Select id={id} disabled={busy} value={fields.gpuMode} testId="Pipeline__gpuMode" onChange={value => onEdit({ gpuMode: gpuModeOf(value) })}>
            <option value="None">{trans.__('None')}</option>
            <option value="Simple">{trans.__('Simple')}</option>
            <option value="Advanced">{trans.__('Advanced')}</option>
          </Select>
        )}
      </Labelled>
      {fields.gpuMode === 'Advanced' && <Labelled label={trans.__('*Pipeline Resource Spec:')}>{area('resourceSpec', EXAMPLE_RESOURCES, 'Pipeline__resourceSpecInput')}</Labelled>}
      {outcome && (
        <p className={outcome.kind === 'refused' ? 'jp-Pachyderm-problem' : undefined} role={outcome.kind === 'refused' ? 'alert' : 'status'} data-testid={outcome.kind === 'refused' ? 'Pipeline__errorMessage' : 'Pipeline__responseMessage'}>
          {outcome.text}
        </p>
      )}
      <div className="jp-Pachyderm-formActions">
        <button type="button" className="jp-Pachyderm-button" disabled={busy} onClick={onPreview}>
          {trans.__('Preview')}
        </button>
        <button type="button" className="jp-Pachyderm-button jp-mod-primary" disabled={busy} data-testid="Pipeline__create_pipeline" onClick={onPublish}>
          {busy ? trans.__('Publishing…') : trans.__('Publish')}
        </button>
      </div>
      {preview !== '' && (
        <Labelled label={trans.__('Pipeline Spec Preview:')}>
          {id => (
            <pre id={id} className="jp-Pachyderm-preview" data-testid="Pipeline__specPreview">
              {preview}
            </pre>
          )}
        </Labelled>
      )}
    </div>
  )
}

function Labelled({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId()
  return (
    <>
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </>
  )
}

function gpuModeOf(value: string): PipelineFields['gpuMode'] {
  return value === 'Simple' || value === 'Advanced' ? value : 'None'
}
