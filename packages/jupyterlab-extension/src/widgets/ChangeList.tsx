/** Changed files: what a commit would change, or what is new on a branch. */
import type { TranslationBundle } from '@jupyterlab/translation'

import { sizeText } from '../model/byte-size.js'
import type { ChangedFile, ChangesState } from '../model/changes-model.js'
import { IconButton } from './IconButton.js'

/** `onDiscard` is left out where nothing can be thrown away. */
export interface ChangeListProps {
  readonly state: ChangesState
  readonly onLoadMore: () => void
  readonly onDiscard?: (path: string) => void
  readonly trans: TranslationBundle
}

/** The list, with what stands in the way of a commit. */
export function ChangeList({ state: { changes, next, conflicts, isLoading, problem }, onLoadMore, onDiscard, trans }: ChangeListProps) {
  return (
    <div className="jp-Pachyderm-changes" data-testid="Changes__list">
      {problem !== undefined && (
        <p className="jp-Pachyderm-problem" role="alert">
          {problem}
        </p>
      )}
      {conflicts.length > 0 && (
        <p className="jp-Pachyderm-problem" role="alert" title={conflicts.join('\n')}>
          {trans._n('Somebody else has changed a file, too; a commit replaces it: %2', 'Somebody else has changed %1 files, too; a commit replaces them: %2', conflicts.length, conflicts.slice(0, 3).join(', '))}
        </p>
      )}
      {changes.length === 0 && <p className="jp-Pachyderm-secondary">{isLoading ? trans.__('Looking for changes…') : trans.__('No file has changed.')}</p>}
      <ul>
        {changes.map(change => (
          <ChangeRow key={change.path} change={change} onDiscard={onDiscard} trans={trans} />
        ))}
      </ul>
      {next !== null && (
        <button type="button" className="jp-Pachyderm-link" disabled={isLoading} onClick={onLoadMore}>
          {trans.__('Show more')}
        </button>
      )}
    </div>
  )
}

const SIGNS = { added: '+', changed: '±', deleted: '−' }

function ChangeRow({ change: { path, change, sizeBytes, refusal }, onDiscard, trans }: { change: ChangedFile; onDiscard: ChangeListProps['onDiscard']; trans: TranslationBundle }) {
  const words = { added: trans.__('added'), changed: trans.__('changed'), deleted: trans.__('deleted') }
  return (
    <li className="jp-Pachyderm-change" data-change={change}>
      <span className="jp-Pachyderm-changeSign" role="img" aria-label={words[change]} title={words[change]}>
        {SIGNS[change]}
      </span>
      <span className="jp-Pachyderm-name" title={path}>
        {path}
      </span>
      <span className="jp-Pachyderm-size">{sizeBytes === null ? '' : sizeText(sizeBytes)}</span>
      {onDiscard && <IconButton icon="discard" name={trans.__('Discard the change of %1', path)} testId="Changes__discard" onClick={() => onDiscard(path)} />}
      {refusal !== undefined && <span className="jp-Pachyderm-problem">{refusal}</span>}
    </li>
  )
}
