/** One mount: what it shows, how far behind it is, and what can be done with it. */
import type { MountEntry } from '@jupyterlab-pachyderm/mount-api'

import { branchLabel, commitUri } from '../model/mount-naming.js'
import type { Progress } from '../model/mount-model.js'
import { IconButton } from './IconButton.js'

/** What can be done with a mount. */
export interface MountActions {
  readonly onShow: (name: string) => void
  readonly onUnmount: (name: string) => void
  readonly onUpdate: (mount: MountEntry) => void
  readonly onCommit: (mount: MountEntry) => void
}

/** `shown` when the Files section shows it. */
export interface MountRowProps extends MountActions {
  readonly mount: MountEntry
  readonly progress: Progress | undefined
  readonly problem: string | undefined
  readonly shown: boolean
}

const BUSY: Record<Progress, string> = { mounting: 'Mounting…', unmounting: 'Unmounting…', updating: 'Updating…', committing: 'Committing…' }

/** The row. A click on it shows its files. */
export function MountRow({ mount, progress, problem, shown, onShow, onUnmount, onUpdate, onCommit }: MountRowProps) {
  const { name, mode, state, status, how_many_commits_behind: behind } = mount
  const reason = problem ?? (state === 'error' ? status : undefined)
  const dot = progress !== undefined ? 'loading' : reason !== undefined ? 'failed' : 'connected'
  return (
    <li className="jp-Pachyderm-mount" data-shown={shown || undefined} aria-busy={progress !== undefined} data-testid="ListItem__repo">
      <span className="jp-Pachyderm-dot" data-status={dot} title={capitalised(`${state}: ${status}`)} data-testid="ListItem__statusIcon" />
      <button type="button" className="jp-Pachyderm-mountName" aria-current={shown || undefined} title={`Show the files of ${name}`} onClick={() => onShow(name)}>
        {name}
      </button>
      <span className="jp-Pachyderm-rowActions">
        {mode === 'rw' && <IconButton icon="commit" name={`Commit what was written to ${name}`} disabled={progress !== undefined} onClick={() => onCommit(mount)} testId="ListItem__commit" />}
        {behind > 0 && <IconButton icon="update" name={`Update ${name} to the newest commit`} disabled={progress !== undefined} onClick={() => onUpdate(mount)} testId="ListItem__update" />}
        <IconButton icon="close" name={`Unmount ${name}`} disabled={progress !== undefined} onClick={() => onUnmount(name)} testId="ListItem__unmount" />
      </span>
      <span className="jp-Pachyderm-secondary" title={commitUri(mount, mount.commit)} data-testid="ListItem__status">
        {progress !== undefined ? BUSY[progress] : `${branchLabel(mount)}${mode === 'rw' ? ' · writable' : ''}`}
        {progress === undefined && (
          <span data-testid="ListItem__commitBehindness" data-behind={behind > 0 || undefined}>
            {' · '}
            {behindText(behind)}
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

function behindText(behind: number): string {
  if (behind === 0) return 'up to date'
  return behind === 1 ? '1 commit behind' : `${behind} commits behind`
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
