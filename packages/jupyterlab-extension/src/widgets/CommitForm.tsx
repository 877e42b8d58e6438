/** What goes into a commit: a message, and the changed files, which can be thrown away one by one. */
import type { TranslationBundle } from '@jupyterlab/translation'
import { useState } from 'react'

import type { ChangesState } from '../model/changes-model.js'
import { ChangeList } from './ChangeList.js'

/** `message` is the one to begin with. */
export interface CommitFormProps {
  readonly changes: ChangesState
  readonly message: string
  readonly onMessage: (message: string) => void
  readonly onLoadMore: () => void
  readonly onDiscard: (path: string) => void
  readonly trans: TranslationBundle
}

/** The form. A change is thrown away when that is said twice. */
export function CommitForm({ changes, message, onMessage, onLoadMore, onDiscard, trans }: CommitFormProps) {
  const [asked, setAsked] = useState<string>()
  return (
    <div className="jp-Pachyderm-commitForm">
      <label>
        {trans.__('Message')}
        <textarea className="jp-mod-styled" rows={2} maxLength={10_000} defaultValue={message} data-testid="Commit__message" placeholder={trans.__('What was changed, and why')} onChange={event => onMessage(event.target.value)} />
      </label>
      <ChangeList state={changes} onLoadMore={onLoadMore} onDiscard={setAsked} trans={trans} />
      {asked !== undefined && (
        <p className="jp-Pachyderm-noticeActions" role="alert">
          {trans.__('Throw the change of %1 away?', asked)}
          <button
            type="button"
            className="jp-Pachyderm-button"
            data-testid="Changes__confirmDiscard"
            onClick={() => {
              setAsked(undefined)
              onDiscard(asked)
            }}
          >
            {trans.__('Discard')}
          </button>
          <button type="button" className="jp-Pachyderm-button" onClick={() => setAsked(undefined)}>
            {trans.__('Keep')}
          </button>
        </p>
      )}
    </div>
  )
}
