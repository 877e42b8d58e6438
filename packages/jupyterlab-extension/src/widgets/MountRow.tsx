/** One mount: what it shows, how far behind it is, and what can be done with it. */
import type { MountEntry } from '@jupyterlab-pachyderm/mount-api'
import type { TranslationBundle } from '@jupyterlab/translation'

import { branchLabel, commitUri } from '../model/mount-naming.js'
import type { Progress } from '../model/mount-model.js'
import { IconButton } from './IconButton.js'

/** What can be done with a mount. */
export interface MountActions {
  readonly onShow: (name: string) => void
  readonly onUnmount: (name: string) => void
  readonly onUpdate: (mount: MountEntry) => void
  readonly onCommit: (mount: MountEntry) => void
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
export function MountRow({ mount, progress, problem, shown, onShow, onUnmount, onUpdate, onCommit, trans }: MountRowProps) {
  const { name, mode, state, status, how_many_commits_behind: behind } = mount
  const reason = problem ?? (state === 'error' ? status : undefined)
  const dot = progress !== undefined ? 'loading' : reason !== undefined ? 'failed' : 'connected'
  return (
    <li className="jp-Pachyderm-mount" data-shown={shown || undefined} aria-busy={progress !== undefined} data-testid="ListItem__repo">
      <span className="jp-Pachyderm-dot" data-status={dot} title={capitalised(`${state}: ${status}`)} data-testid="ListItem__statusIcon" />
      <button type="button" className="jp-Pachyderm-mountName" aria-current={shown || undefined} title={trans.__('Show the files of %1', name)} onClick={() => onShow(name)}>
        {name}
      </button>
      <span className="jp-Pachyderm-rowActions">
        {mode === 'rw' && <IconButton icon="commit" name={trans.__('Commit what was written to %1', name)} disabled={progress !== undefined} onClick={() => onCommit(mount)} testId="ListItem__commit" />}
        {behind > 0 && <IconButton icon="update" name={trans.__('Update %1 to the newest commit', name)} disabled={progress !== undefined} onClick={() => onUpdate(mount)} testId="ListItem__update" />}
        <IconButton icon="close" name={trans.__('Unmount %1', name)} disabled={progress !== undefined} onClick={() => onUnmount(name)} testId="ListItem__unmount" />
      </span>
      <span className="jp-Pachyderm-secondary" title={commitUri(mount, mount.commit)} data-testid="ListItem__status">
        {progress !== undefined ? progressText(progress, trans) : `${branchLabel(mount)}${mode === 'rw' ? ` · ${trans.__('writable')}` : ''}`}
        {progress === undefined && (
          <span data-testid="ListItem__commitBehindness" data-behind={behind > 0 || undefined}>
            {' · '}
            {behindText(behind, trans)}
          </span>
        )}
      </span>
      {reason !== undefined && (
        <span className="jp-Pachyderm-problem" role="alert">
          {reason}
        </span>
      )}
    </li>
  )
}

function progressText(progress: Progress, trans: TranslationBundle): string {
  switch (progress) {
    case 'mounting':
      return trans.__('Mounting…')
    case 'unmounting':
      return trans.__('Unmounting…')
    case 'updating':
      return trans.__('Updating…')
    case 'committing':
      return trans.__('Committing…')
  }
}

function behindText(behind: number, trans: TranslationBundle): string {
  return behind === 0 ? trans.__('up to date') : trans._n('%1 commit behind', '%1 commits behind', behind)
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
