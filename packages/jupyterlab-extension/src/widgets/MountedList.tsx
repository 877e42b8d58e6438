/** What is mounted now. */
import type { MountEntry } from '@jupyterlab-pachyderm/mount-api'
import type { KeyboardEvent } from 'react'

import type { Progress } from '../model/mount-model.js'
import { IconButton } from './IconButton.js'
import { MountProblem } from './MountProblem.js'
import { MountRow, type MountActions } from './MountRow.js'
import { Notice } from './Notice.js'

/** `shown` is the name of the mount that the Files section shows. */
export interface MountedListProps extends MountActions {
  readonly mounts: readonly MountEntry[]
  readonly progress: ReadonlyMap<string, Progress>
  readonly problems: ReadonlyMap<string, string>
  readonly shown: string | undefined
  /** Forgets why a branch could not be mounted. */
  readonly onDismiss: (name: string) => void
}

/** The list; names that are on their way to be mounted stand in it, too. */
export function MountedList({ mounts, progress, problems, shown, onDismiss, ...actions }: MountedListProps) {
  const { trans } = actions
  const names = new Set(mounts.map(mount => mount.name))
  const coming = [...progress.keys()].filter(name => !names.has(name))
  const refused = [...problems].filter(([name]) => !names.has(name))
  if (mounts.length + coming.length + refused.length === 0) {
    return <Notice headline={trans.__('Nothing is mounted')} reason={trans.__('Mount a branch below: its files appear here, and your notebooks can read them.')} />
  }
  return (
    <ul className="jp-Pachyderm-mounts" aria-label={trans.__('Mounted')} onKeyDown={moveFocus}>
      {refused.map(([name, problem]) => (
        <li key={name} className="jp-Pachyderm-mount">
          <span className="jp-Pachyderm-dot" data-status="failed" />
          <span className="jp-Pachyderm-mountName">{name}</span>
          <span className="jp-Pachyderm-rowActions">
            <IconButton icon="close" name={trans.__('Dismiss the problem with %1', name)} onClick={() => onDismiss(name)} />
          </span>
          <MountProblem text={trans.__('Could not be mounted: %1', problem)} />
        </li>
      ))}
      {coming.map(name => (
        <li key={name} className="jp-Pachyderm-mount" aria-busy="true">
          <span className="jp-Pachyderm-dot" data-status="loading" />
          <span className="jp-Pachyderm-mountName">{name}</span>
          <span className="jp-Pachyderm-secondary">{trans.__('Mounting…')}</span>
        </li>
      ))}
      {mounts.map(mount => (
        <MountRow key={mount.name} mount={mount} progress={progress.get(mount.name)} problem={problems.get(mount.name)} shown={mount.name === shown} {...actions} />
      ))}
    </ul>
  )
}

/** The arrow keys go from mount to mount. */
function moveFocus(event: KeyboardEvent<HTMLUListElement>): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (step === undefined) return
  const names = [...event.currentTarget.querySelectorAll<HTMLElement>('button.jp-Pachyderm-mountName')]
  const row = (event.target as HTMLElement).closest('.jp-Pachyderm-mount')
  const index = names.findIndex(name => row?.contains(name) === true)
  const next = names[index + step]
  if (index < 0 || next === undefined) return
  next.focus()
  event.preventDefault()
}
