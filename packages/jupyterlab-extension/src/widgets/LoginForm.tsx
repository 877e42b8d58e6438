/** Logging in: in a window of the browser, or with a token. */
import type { TranslationBundle } from '@jupyterlab/translation'
import { useId, useState, type FormEvent } from 'react'

import type { SessionState } from '../model/session-model.js'
import { Notice, type NoticeAction } from './Notice.js'

/** `token` is what was typed; `onToken` answers why it was not possible, or undefined. */
export interface LoginFormProps {
  readonly address: string
  readonly session: SessionState
  readonly onLogin: () => void
  readonly onCancel: () => void
  readonly token: string
  readonly onTokenEdit: (token: string) => void
  readonly onToken: (token: string) => Promise<string | undefined>
  /** The other way on: another cluster. */
  readonly change: NoticeAction
  readonly trans: TranslationBundle
}

/** Says what is the case, and what happens in the other window. */
export function LoginForm({ address, session, token, onTokenEdit, onToken, onLogin, onCancel, change, trans }: LoginFormProps) {
  const { auth, login, problem } = session
  const isExpired = auth?.state === 'expired'
  return (
    <>
      <Notice
        headline={isExpired ? trans.__('Your login has expired') : trans.__('You are not logged in')}
        reason={
          isExpired
            ? trans.__('%1 does not accept it any more. What is mounted stays, and works again after the next login.', address)
            : trans.__('%1 asks who you are. Log in, in a window of your browser.', address)
        }
        actions={login ? [] : [{ label: trans.__('Log in'), onClick: onLogin, testId: 'Config__login' }, change]}
      />
      {login && (
        <div className="jp-Pachyderm-notice" role="status" data-testid="Config__loginPending">
          <p className="jp-Pachyderm-noticeReason">
            {login.isBlocked ? trans.__('The browser did not open the window of the login. Open it yourself:') : trans.__('Waiting for you to log in, in the other window. Is it not there?')}{' '}
            <a className="jp-Pachyderm-link" href={login.address} target="_blank" rel="noopener noreferrer" data-testid="Config__loginLink">
              {trans.__('Open the login')}
            </a>
          </p>
          <p className="jp-Pachyderm-noticeActions">
            <button type="button" className="jp-Pachyderm-button" data-testid="Config__loginCancel" onClick={onCancel}>
              {trans.__('Cancel')}
            </button>
          </p>
        </div>
      )}
      {problem !== undefined && (
        <p className="jp-Pachyderm-problem" role="alert">
          {problem}
        </p>
      )}
      <TokenForm token={token} onTokenEdit={onTokenEdit} onToken={onToken} trans={trans} />
    </>
  )
}

function TokenForm({ token, onTokenEdit, onToken, trans }: Pick<LoginFormProps, 'token' | 'onTokenEdit' | 'onToken' | 'trans'>) {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const id = useId()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setProblem(await onToken(token))
    setBusy(false)
  }
  return (
    <details className="jp-Pachyderm-tokenLogin">
      <summary>{trans.__('Log in with a token')}</summary>
      <form className="jp-Pachyderm-form" aria-busy={busy} onSubmit={event => void submit(event)}>
        <label htmlFor={id}>{trans.__('Session token')}</label>
        <input
          id={id}
          type="password"
          className="jp-mod-styled"
          value={token}
          disabled={busy}
          autoComplete="off"
          aria-describedby={`${id}-problem`}
          data-testid="Config__token"
          onChange={event => {
            onTokenEdit(event.target.value)
            setProblem(undefined)
          }}
        />
        <p id={`${id}-problem`} className="jp-Pachyderm-problem" role="alert">
          {problem}
        </p>
        <div className="jp-Pachyderm-formActions">
          <button type="submit" className="jp-Pachyderm-button" disabled={busy || token.trim() === ''} data-testid="Config__tokenSubmit">
            {trans.__('Use the token')}
          </button>
        </div>
      </form>
    </details>
  )
}
