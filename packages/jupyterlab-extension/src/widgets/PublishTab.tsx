/** The tab that makes a pipeline of the notebook. */
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
}

type TextField = Exclude<keyof PipelineFields, 'gpuMode'>

const LINES: readonly (readonly [field: TextField, label: string, placeholder: string, testId: string])[] = [
  ['name', '*Pipeline Name:', '', 'Pipeline__inputPipelineName'],
  ['project', 'Pipeline Project Name:', 'default', 'Pipeline__inputPipelineProjectName'],
  ['image', '*Container Image Name:', '', 'Pipeline__inputImageName'],
  ['requirements', 'Requirements File:', './requirements.txt', 'Pipeline__inputRequirements'],
  ['externalFiles', 'External Files:', 'library1.py,library2.py', 'Pipeline__inputExternalFiles'],
  ['port', 'Port:', '', 'Pipeline__inputPort'],
]

const EXAMPLE_RESOURCES = `gpu:
  type: nvidia.com/gpu
  number: 1`

/** The form; it asks for a notebook when none has the focus. */
export function PublishTab({ state, onEdit, onPreview, onPublish }: PublishTabProps) {
  const { notebookPath, fields, busy, preview, outcome } = state
  if (notebookPath === undefined) {
    return <Notice headline="Open a notebook to create a pipeline" reason="The pipeline runs its code on each datum of the input. What you fill in here is kept in the notebook." />
  }
  const area = (field: TextField, placeholder: string, testId: string) => (id: string) => (
    <textarea id={id} className="jp-mod-styled" rows={5} spellCheck={false} disabled={busy} placeholder={placeholder} value={fields[field]} data-testid={testId} onChange={event => onEdit({ [field]: event.target.value })} />
  )
  return (
    <div className="jp-Pachyderm-form" aria-busy={busy}>
      <span>
        Current Notebook: <b data-testid="Pipeline__currentNotebookValue">{notebookPath.split('/').at(-1)}</b>
      </span>
      {LINES.map(([field, label, placeholder, testId]) => (
        <Labelled key={field} label={label}>
          {id => <input id={id} className="jp-mod-styled" spellCheck={false} disabled={busy} placeholder={placeholder} value={fields[field]} data-testid={testId} onChange={event => onEdit({ [field]: event.target.value })} />}
        </Labelled>
      ))}
      <Labelled label="*Pipeline Input Spec:">{area('inputSpec', EXAMPLE_SPEC, 'Pipeline__inputSpecInput')}</Labelled>
      <Labelled label="Gpu Mode:">
        {id => (
          <Select id={id} disabled={busy} value={fields.gpuMode} testId="Pipeline__gpuMode" onChange={value => onEdit({ gpuMode: gpuModeOf(value) })}>
            <option>None</option>
            <option>Simple</option>
            <option>Advanced</option>
          </Select>
        )}
      </Labelled>
      {fields.gpuMode === 'Advanced' && <Labelled label="*Pipeline Resource Spec:">{area('resourceSpec', EXAMPLE_RESOURCES, 'Pipeline__resourceSpecInput')}</Labelled>}
      {outcome && (
        <p className={outcome.kind === 'refused' ? 'jp-Pachyderm-problem' : undefined} role={outcome.kind === 'refused' ? 'alert' : 'status'} data-testid={outcome.kind === 'refused' ? 'Pipeline__errorMessage' : 'Pipeline__responseMessage'}>
          {outcome.text}
        </p>
      )}
      <div className="jp-Pachyderm-formActions">
        <button type="button" className="jp-Pachyderm-button" disabled={busy} onClick={onPreview}>
          Preview
        </button>
        <button type="button" className="jp-Pachyderm-button jp-mod-primary" disabled={busy} data-testid="Pipeline__create_pipeline" onClick={onPublish}>
          {busy ? 'Publishing…' : 'Publish'}
        </button>
      </div>
      {preview !== '' && (
        <Labelled label="Pipeline Spec Preview:">
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
