/** What to say where there is nothing to show: what is the case, why, and the next step. */

/** One next step. */
export interface NoticeAction {
  readonly label: string
  readonly onClick: () => void
  readonly testId?: string
}

/** `reason` is left out when the headline says all. */
export interface NoticeProps {
  readonly headline: string
  readonly reason?: string | undefined
  readonly actions?: readonly NoticeAction[]
  readonly isError?: boolean
}

/** The notice; errors are announced. */
export function Notice({ headline, reason, actions = [], isError = false }: NoticeProps) {
  return (
    <div className="jp-Pachyderm-notice" role={isError ? 'alert' : 'status'} data-error={isError || undefined}>
      <p className="jp-Pachyderm-noticeHeadline">{headline}</p>
      {reason !== undefined && (
        <p className="jp-Pachyderm-noticeReason" data-testid={isError ? 'FullPageError__message' : undefined}>
          {reason}
        </p>
      )}
      {actions.length > 0 && (
        <p className="jp-Pachyderm-noticeActions">
          {actions.map(({ label, onClick, testId }, index) => (
            <button key={label} type="button" className={`jp-Pachyderm-button${index === 0 ? ' jp-mod-primary' : ''}`} data-testid={testId} onClick={onClick}>
              {label}
            </button>
          ))}
        </p>
      )}
    </div>
  )
}
