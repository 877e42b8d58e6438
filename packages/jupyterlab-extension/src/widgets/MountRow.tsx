/** One mount: what it shows, how far behind it is, what is not committed, and what can be done with it. */
import type { MountEntry } from '@jupyterlab-pachyderm/mount-api'
import type { TranslationBundle } from '@jupyterlab/translation'

import { sizeText } from '../model/byte-size.js'
import { branchLabel, commitUri, isPinned } from '../model/mount-naming.js'
import type { Progress } from '../model/mount-model.js'
import { IconButton } from './IconButton.js'
import { MenuButton } from './MenuButton.js'
import { MountProblem } from './MountProblem.js'

/** What can be done with a mount. */
export interface MountActions {
  readonly onShow: (name: string) => void
  readonly onUnmount: (name: string) => void
  readonly onUpdate: (name: string) => void
  /** Shows what is not committed, to commit it or throw it away. */
  readonly onCommit: (name: string) => void
  /** Shows what the branch has that the mount does not show. */
  readonly onShowNews: (name: string) => void
  /** The mount that commands without arguments mean from now on. */
  readonly onChoose: (name: string) => void
  readonly trans: TranslationBundle
}

/** `shown` when the Files section shows it. */
export interface MountRowProps extends MountActions {
  readonly mount: MountEntry
  readonly progress: Progress | undefined
  readonly problem: string | undefined
  readonly shown: boolean
}

/** The row. A click on it shows its files. */
export function MountRow({ mount, progress, problem, shown, onShow, onUnmount, onUpdate, onCommit, onShowNews, onChoose, trans }: MountRowProps) {
  const { name, mode, state, status, how_many_commits_behind: behind } = mount
  const reason = problem ?? (state === 'error' ? status : undefined)
  const dot = progress !== undefined ? 'loading' : reason !== undefined ? 'failed' : 'connected'
  const isBusy = progress !== undefined
  const choose = () => onChoose(name)
  return (
    <li className="jp-Pachyderm-mount" data-shown={shown || undefined} aria-busy={isBusy} data-testid="ListItem__repo" onMouseDown={choose} onFocus={choose}>
      <span className="jp-Pachyderm-dot" data-status={dot} title={capitalised(`${state}: ${status}`)} data-testid="ListItem__statusIcon" />
      <button type="button" className="jp-Pachyderm-mountName" aria-current={shown || undefined} title={trans.__('Show the files of %1', name)} onClick={() => onShow(name)}>
        {name}
      </button>
      <span className="jp-Pachyderm-rowActions">
        {mode === 'rw' && <IconButton icon="commit" name={trans.__('Commit what was written to %1', name)} disabled={isBusy} onClick={() => onCommit(name)} testId="ListItem__commit" />}
        {behind > 0 && !isPinned(mount) && <IconButton icon="update" name={trans.__('Update %1 to the newest commit', name)} disabled={isBusy} onClick={() => onUpdate(name)} testId="ListItem__update" />}
        <MenuButton name={trans.__('Menu of %1', name)} disabled={isBusy} testId="ListItem__menu" onOpen={choose} />
        <IconButton icon="close" name={trans.__('Unmount %1', name)} disabled={isBusy} onClick={() => onUnmount(name)} testId="ListItem__unmount" />
      </span>
      <span className="jp-Pachyderm-secondary" title={commitUri(mount, mount.commit)} data-testid="ListItem__status">
        {progress !== undefined ? busyText(progress, trans) : describe(mount, trans)}
        {progress === undefined && <Uncommitted mount={mount} onCommit={onCommit} trans={trans} />}
        {progress === undefined && (
          <span data-testid="ListItem__commitBehindness" data-behind={behind > 0 || undefined}>
            {' · '}
            {behind === 0 ? (
              trans.__('up to date')
            ) : (
              <button type="button" className="jp-Pachyderm-link" title={trans.__('Show what is new on %1', branchLabel(mount))} onClick={() => onShowNews(name)}>
                {trans._n('%1 commit behind', '%1 commits behind', behind)}
              </button>
            )}
          </span>
        )}
      </span>
      <CommitProgress mount={mount} trans={trans} />
      {reason !== undefined && <MountProblem text={reason} />}
    </li>
  )
}

function describe(mount: MountEntry, trans: TranslationBundle): string {
  const label = isPinned(mount) ? `${branchLabel(mount)}=${mount.commit.slice(0, 8)}` : branchLabel(mount)
  return [label, ...(mount.mode === 'rw' ? [trans.__('writable')] : []), ...(mount.following === true ? [trans.__('follows')] : [])].join(' · ')
}

function Uncommitted({ mount: { name, uncommitted }, onCommit, trans }: Pick<MountRowProps, 'mount' | 'onCommit' | 'trans'>) {
  if (!uncommitted) return null
  const { added, changed, deleted } = uncommitted
  return (
    <>
      {' · '}
      <button
        type="button"
        className="jp-Pachyderm-link"
        title={trans.__('Not committed: %1 added, %2 changed, %3 deleted', added, changed, deleted)}
        data-testid="ListItem__uncommitted"
        onClick={() => onCommit(name)}
      >
        ±{(added + changed + deleted).toLocaleString()}
      </button>
    </>
  )
}

function CommitProgress({ mount: { name, committing }, trans }: Pick<MountRowProps, 'mount' | 'trans'>) {
  if (!committing) return null
  const { files_done: filesDone, files_total: filesTotal, bytes_done: bytesDone, bytes_total: bytesTotal } = committing
  return (
    <span className="jp-Pachyderm-progress" data-testid="ListItem__commitProgress">
      <progress aria-label={trans.__('Commit of %1', name)} value={bytesTotal === 0 ? filesDone : bytesDone} max={Math.max(1, bytesTotal === 0 ? filesTotal : bytesTotal)} />
      <span className="jp-Pachyderm-secondary">{trans.__('%1 of %2 files, %3 of %4', filesDone, filesTotal, sizeText(bytesDone), sizeText(bytesTotal))}</span>
    </span>
  )
}

function busyText(progress: Progress, trans: TranslationBundle): string {
  const texts: Record<Progress, string> = { mounting: trans.__('Mounting…'), unmounting: trans.__('Unmounting…'), updating: trans.__('Updating…'), committing: trans.__('Committing…') }
  return texts[progress]
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
