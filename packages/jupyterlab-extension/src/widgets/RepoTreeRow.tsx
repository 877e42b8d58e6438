/** One row of the repo tree: a project, a repo or a branch. */
import type { MountSpec } from '@jupyterlab-pachyderm/mount-api'
import type { TranslationBundle } from '@jupyterlab/translation'

import { mountNameOf, type BranchRef } from '../model/mount-naming.js'
import type { Progress } from '../model/mount-model.js'
import type { RepoRow } from '../model/repo-tree.js'
import { Icon } from './Icon.js'
import { IconButton } from './IconButton.js'

/** `progress` of the mount that this row would give. */
export interface RepoTreeRowProps {
  readonly row: RepoRow
  readonly progress: Progress | undefined
  readonly onToggle: () => void
  readonly onMount: (spec: MountSpec) => void
  readonly onMountCommit: (branch: BranchRef) => void
  readonly trans: TranslationBundle
}

/** The row. A click on the name opens and closes it. */
export function RepoTreeRow({ row, progress, onToggle, onMount, onMountCommit, trans }: RepoTreeRowProps) {
  if (row.kind === 'project') {
    return (
      <div className="jp-Pachyderm-treeRow" data-kind="project" onClick={onToggle}>
        <Icon name={row.open ? 'open' : 'closed'} />
        <span className="jp-Pachyderm-name">{row.project}</span>
        <span className="jp-Pachyderm-secondary">{row.repoCount.toLocaleString()}</span>
      </div>
    )
  }
  if (row.kind === 'branch') {
    const { ref } = row
    return (
      <div className="jp-Pachyderm-treeRow" data-kind="branch">
        <span className="jp-Pachyderm-name" title={`${ref.project}/${ref.repo}@${ref.branch}`}>
          {ref.branch}
        </span>
        <span className="jp-Pachyderm-rowActions">
          <IconButton icon="history" name={trans.__('Mount a commit of %1', `${ref.repo}@${ref.branch}`)} testId="ListItem__mountCommit" onClick={() => onMountCommit(ref)} />
        </span>
        <MountButtons target={ref} mounted={row.mounted} writable={row.entry.authorization !== 'read'} progress={progress} onMount={onMount} trans={trans} />
      </div>
    )
  }
  const { entry, access, target } = row
  return (
    <div className="jp-Pachyderm-treeRow" data-kind="repo" data-disabled={access !== 'mountable' || undefined} data-testid="ListItem__repo" onClick={onToggle}>
      <Icon name={access !== 'mountable' ? 'repo' : row.open ? 'open' : 'closed'} />
      <span className="jp-Pachyderm-name" title={`${entry.project}/${entry.repo}`}>
        {entry.repo}
      </span>
      {access === 'no-access' && (
        <span className="jp-Pachyderm-secondary" title={trans.__("You don't have the correct permissions to access this repository")} data-testid="ListItem__unauthorized">
          {trans.__('No read access')}
        </span>
      )}
      {access === 'no-branches' && (
        <span className="jp-Pachyderm-secondary" title={trans.__("Repo doesn't have a branch")} data-testid="ListItem__noBranches">
          {trans.__('No branches')}
        </span>
      )}
      {access === 'mountable' && target && <MountButtons target={target} mounted={row.mounted} writable={entry.authorization !== 'read'} progress={progress} onMount={onMount} trans={trans} />}
    </div>
  )
}

interface MountButtonsProps {
  readonly target: BranchRef
  readonly mounted: boolean
  readonly writable: boolean
  readonly progress: Progress | undefined
  readonly onMount: (spec: MountSpec) => void
  readonly trans: TranslationBundle
}

function MountButtons({ target, mounted, writable, progress, onMount, trans }: MountButtonsProps) {
  const label = `${target.repo}@${target.branch}`
  const mount = (mode: 'ro' | 'rw') => onMount({ name: mountNameOf(target), project: target.project, repo: target.repo, branch: target.branch, mode })
  return (
    <span className="jp-Pachyderm-rowActions">
      {writable && !mounted && <IconButton icon="edit" name={trans.__('Mount %1 to write', label)} disabled={progress !== undefined} testId="ListItem__mountWritable" onClick={() => mount('rw')} />}
      <button
        type="button"
        className="jp-Pachyderm-mountButton"
        disabled={mounted || progress !== undefined}
        title={mounted ? trans.__('%1 is mounted', label) : trans.__('Mount %1 to read', label)}
        data-testid="ListItem__mount"
        onClick={event => {
          event.stopPropagation()
          mount('ro')
        }}
      >
        {progress !== undefined ? trans.__('Mounting…') : mounted ? trans.__('Mounted') : trans.__('Mount')}
      </button>
    </span>
  )
}
