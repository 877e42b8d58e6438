/** The form that names a cluster. */
import type { TranslationBundle } from '@jupyterlab/translation'
import { useId, useState, type FormEvent } from 'react'

/** `onConnect` answers why it was not possible, or undefined. */
export interface ConnectFormProps {
  readonly address: string
  readonly onConnect: (address: string, serverCas: string) => Promise<string | undefined>
  /** Given when there is something to go back to. */
  readonly onCancel?: (() => void) | undefined
  readonly trans: TranslationBundle
}

/** What was typed stays until it is connected. */
export function ConnectForm({ address: known, onConnect, onCancel, trans }: ConnectFormProps) {
  const [address, setAddress] = useState(known)
  const [advanced, setAdvanced] = useState(false)
  const [serverCas, setServerCas] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const id = useId()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setProblem(undefined)
    setProblem(await onConnect(address, advanced ? serverCas : ''))
    setBusy(false)
  }
  return (
    <form className="jp-Pachyderm-form" aria-busy={busy} onSubmit={event => void submit(event)}>
      <label htmlFor={`${id}-address`}>{onCancel ? trans.__('Update Configuration') : trans.__('Connect To a Cluster')}</label>
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
          setAddress(event.target.value)
          setProblem(undefined)
        }}
      />
      {advanced && (
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
            onChange={event => setServerCas(event.target.value)}
          />
        </>
      )}
      <button type="button" className="jp-Pachyderm-link" disabled={busy} data-testid="Config__advancedSettingsToggle" onClick={() => setAdvanced(!advanced)}>
        {advanced ? trans.__('Clear Advanced Settings') : trans.__('Use Advanced Settings')}
      </button>
      <p id={`${id}-problem`} className="jp-Pachyderm-problem" role="alert">
        {problem}
      </p>
      <div className="jp-Pachyderm-formActions">
        {onCancel && (
          <button type="button" className="jp-Pachyderm-button" disabled={busy} data-testid="Config__pachdAddressCancel" onClick={onCancel}>
            {trans.__('Cancel')}
          </button>
        )}
        <button type="submit" className="jp-Pachyderm-button jp-mod-primary" disabled={busy || address.trim() === ''} data-testid="Config__pachdAddressSubmit">
          {busy ? trans.__('Connecting…') : trans.__('Connect')}
        </button>
      </div>
    </form>
  )
}
