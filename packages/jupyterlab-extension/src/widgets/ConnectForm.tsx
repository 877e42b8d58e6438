/** The form that names a cluster. */
import type { TranslationBundle } from '@jupyterlab/translation'
import { useId, useState, type FormEvent } from 'react'

/** What was typed and not sent yet. `serverCas` counts while it is shown. */
export interface ConnectDraft {
  readonly address: string
  readonly showsCas: boolean
  readonly serverCas: string
}

/** `onConnect` answers why it was not possible, or undefined. */
export interface ConnectFormProps {
  readonly draft: ConnectDraft
  readonly onDraft: (draft: ConnectDraft) => void
  readonly onConnect: (address: string, serverCas: string) => Promise<string | undefined>
  /** Given when there is something to go back to. */
  readonly onCancel?: (() => void) | undefined
  readonly trans: TranslationBundle
}

/** The draft is its owner's, so that it outlives the form. */
export function ConnectForm({ draft, onDraft, onConnect, onCancel, trans }: ConnectFormProps) {
  const { address, showsCas, serverCas } = draft
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const id = useId()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setProblem(undefined)
    setProblem(await onConnect(address, showsCas ? serverCas : ''))
    setBusy(false)
  }
  return (
    <form className="jp-Pachyderm-form" aria-busy={busy} onSubmit={event => void submit(event)}>
      <label htmlFor={`${id}-address`} data-testid="Config__mountConfigSubheading">{onCancel ? trans.__('Update Configuration') : trans.__('Connect To a Cluster')}</label>
      <input
        id={`${id}-address`}
        className="jp-mod-styled"
        placeholder="grpcs://example.pachyderm.com:30650"
        value={address}
        disabled={busy}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-problem`}
        data-testid="Config__pachdAddressInput"
        onChange={event => {
          onDraft({ ...draft, address: event.target.value })
          setProblem(undefined)
        }}
      />
      {showsCas && (
        <>
          <label htmlFor={`${id}-cas`} title={trans.__('Optional, include if you manage your own certificates.')}>
            {trans.__('Server CAs (PEM)')}
          </label>
          <textarea
            id={`${id}-cas`}
            className="jp-mod-styled"
            rows={4}
            value={serverCas}
            disabled={busy}
            spellCheck={false}
            data-testid="Config__serverCaInput"
            onChange={event => onDraft({ ...draft, serverCas: event.target.value })}
          />
        </>
      )}
      <button type="button" className="jp-Pachyderm-link" disabled={busy} data-testid="Config__advancedSettingsToggle" onClick={() => onDraft({ ...draft, showsCas: !showsCas })}>
        {showsCas ? trans.__('Clear Advanced Settings') : trans.__('Use Advanced Settings')}
      </button>
      <p id={`${id}-problem`} className="jp-Pachyderm-problem" role="alert">
        {problem}
      </p>
      <div className="jp-Pachyderm-formActions">
        {onCancel && (
          <button type="button" className="jp-Pachyderm-button" disabled={busy} data-testid="Config__pachdAddressCancel" onClick={onCancel}>
            <span data-testid="Config__back">{trans.__('Cancel')}</span>
          </button>
        )}
        <button type="submit" className="jp-Pachyderm-button jp-mod-primary" disabled={busy || address.trim() === ''} data-testid="Config__pachdAddressSubmit">
          {busy ? trans.__('Connecting…') : trans.__('Connect')}
        </button>
      </div>
    </form>
  )
}
