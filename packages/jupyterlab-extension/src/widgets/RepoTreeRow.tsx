/** One row of the repo tree: a project, a repo, a branch, a commit, or what is said below the commits. */
import type { MountSpec } from '@jupyterlab-pachyderm/mount-api'
import type { TranslationBundle } from '@jupyterlab/translation'

import { sizeText } from '../model/byte-size.js'
import { agoText, momentText } from '../model/moment.js'
import type { Progress } from '../model/mount-model.js'
import type { BranchRef } from '../model/mount-naming.js'
import { mountSpecOf, type MountTarget, type RepoRow } from '../model/repo-tree.js'
import { Icon } from './Icon.js'
import { MenuButton } from './MenuButton.js'

/** `progress` of the mount that this row would give. */
export interface RepoTreeRowProps {
  readonly row: RepoRow
  readonly progress: Progress | undefined
  readonly onToggle: () => void
  readonly onMount: (spec: MountSpec) => void
  readonly onLoadMore: (branch: BranchRef) => void
  /** Chooses the row before its menu opens. */
  readonly onMenu: () => void
  readonly trans: TranslationBundle
}

/** The row. A click on the name opens and closes it. */
export function RepoTreeRow(props: RepoTreeRowProps) {
  const { row } = props
  if (row.kind === 'project') return <ProjectRow {...props} row={row} />
  if (row.kind === 'repo') return <RepoItem {...props} row={row} />
  if (row.kind === 'branch') return <BranchRow {...props} row={row} />
  return row.kind === 'commit' ? <CommitRow {...props} row={row} /> : <MoreRow {...props} row={row} />
}

type PropsOf<Kind extends RepoRow['kind']> = RepoTreeRowProps & { readonly row: Extract<RepoRow, { kind: Kind }> }

function ProjectRow({ row, onToggle }: PropsOf<'project'>) {
  return (
    <div className="jp-Pachyderm-treeRow" data-kind="project" onClick={onToggle}>
      <Icon name={row.open ? 'open' : 'closed'} />
      <span className="jp-Pachyderm-name">{row.project}</span>
      <span className="jp-Pachyderm-secondary">{row.repoCount.toLocaleString()}</span>
    </div>
  )
}

function RepoItem({ row: { entry, access, target, mounted, open }, onToggle, ...mount }: PropsOf<'repo'>) {
  const { trans } = mount
  return (
    <div className="jp-Pachyderm-treeRow" data-kind="repo" data-disabled={access !== 'mountable' || undefined} data-testid="ListItem__repo" onClick={onToggle}>
      <Icon name={access !== 'mountable' ? 'repo' : open ? 'open' : 'closed'} />
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
      {access === 'no-branches' && target?.isWritable && <WriteButton target={target} mounted={mounted} {...mount} />}
      {access === 'mountable' && target && <MountButtons target={target} mounted={mounted} {...mount} />}
    </div>
  )
}

function BranchRow({ row: { target, head, open, mounted }, onToggle, ...mount }: PropsOf<'branch'>) {
  const { trans } = mount
  const made = head?.finished ?? head?.started ?? null
  return (
    <div className="jp-Pachyderm-treeRow" data-kind="branch" onClick={onToggle}>
      <Icon name={open ? 'open' : 'closed'} />
      <span className="jp-Pachyderm-name" title={`${target.project}/${target.repo}@${target.branch}`} data-testid="ListItem__branch">
        {target.branch}
      </span>
      <span className="jp-Pachyderm-secondary" title={made === null ? undefined : trans.__('Last commit: %1', momentText(made))}>
        {agoText(made)}
      </span>
      <MountButtons target={target} mounted={mounted} {...mount} />
    </div>
  )
}

function CommitRow({ row: { target, commit, mounted }, ...mount }: PropsOf<'commit'>) {
  const { trans } = mount
  const { id, message, author, state, error, size_bytes: sizeBytes } = commit
  const made = commit.finished ?? commit.started
  const states = { open: trans.__('open'), finishing: trans.__('finishing'), finished: '', failed: trans.__('failed') }
  const about = [id, message, author, momentText(made), sizeBytes === null ? '' : trans.__('%1 bytes', sizeBytes.toLocaleString()), error].filter(Boolean).join('\n')
  return (
    <div className="jp-Pachyderm-treeRow" data-kind="commit" data-testid="ListItem__commitRow" title={about}>
      <span className="jp-Pachyderm-commitId">{id.slice(0, 8)}</span>
      <span className="jp-Pachyderm-name">{message}</span>
      {state !== 'finished' && (
        <span className="jp-Pachyderm-secondary" data-failed={state === 'failed' || undefined}>
          {states[state]}
        </span>
      )}
      <span className="jp-Pachyderm-secondary">{[author, agoText(made), sizeBytes === null ? '' : sizeText(sizeBytes)].filter(Boolean).join(' · ')}</span>
      <MountButtons target={target} mounted={mounted} {...mount} />
    </div>
  )
}

function MoreRow({ row: { ref, state, problem }, onLoadMore, trans }: PropsOf<'more'>) {
  const button = (label: string) => (
    <button type="button" className="jp-Pachyderm-link" data-testid="ListItem__moreCommits" onClick={() => onLoadMore(ref)}>
      {label}
    </button>
  )
  return (
    <div className="jp-Pachyderm-treeRow" data-kind="commit">
      {state === 'loading' && <span className="jp-Pachyderm-secondary">{trans.__('Listing commits…')}</span>}
      {state === 'empty' && <span className="jp-Pachyderm-secondary">{trans.__('No commits yet')}</span>}
      {state === 'next' && button(trans.__('Load more commits'))}
      {state === 'failed' && (
        <>
          <span className="jp-Pachyderm-problem jp-Pachyderm-name" role="alert" title={problem}>
            {problem}
          </span>
          {button(trans.__('Retry'))}
        </>
      )}
    </div>
  )
}

type MountButtonsProps = Pick<RepoTreeRowProps, 'progress' | 'onMount' | 'onMenu' | 'trans'> & { readonly target: MountTarget; readonly mounted: boolean }

/** The only way to mount a repo in which nothing is yet. */
function WriteButton(props: Omit<MountButtonsProps, 'onMenu'>) {
  const { target, trans } = props
  const title = trans.__('Mount %1 to write; the first commit makes the branch', nameOf(target))
  return (
    <span className="jp-Pachyderm-rowActions">
      <MountButton {...props} mode="rw" label={trans.__('Write')} title={title} testId="ListItem__write" />
    </span>
  )
}

/** Mount to read, and the menu with the other ways. */
function MountButtons({ onMenu, ...props }: MountButtonsProps) {
  const { target, mounted, trans } = props
  const name = nameOf(target)
  return (
    <span className="jp-Pachyderm-rowActions">
      <MountButton {...props} mode="ro" label={trans.__('Mount')} title={mounted ? trans.__('%1 is mounted', name) : trans.__('Mount %1 to read', name)} testId="ListItem__mount" />
      <MenuButton icon="open" name={trans.__('More ways to mount %1', name)} testId="ListItem__mountMenu" onOpen={onMenu} />
    </span>
  )
}

interface MountButtonProps extends Omit<MountButtonsProps, 'onMenu'> {
  readonly mode: 'ro' | 'rw'
  readonly label: string
  readonly title: string
  readonly testId: string
}

function MountButton({ target, mode, label, title, testId, mounted, progress, onMount, trans }: MountButtonProps) {
  return (
    <button
      type="button"
      className="jp-Pachyderm-mountButton"
      disabled={mounted || progress !== undefined}
      title={title}
      data-testid={testId}
      onClick={event => {
        event.stopPropagation()
        onMount(mountSpecOf(target, { mode }))
      }}
    >
      {progress === 'mounting' ? trans.__('Mounting…') : mounted ? trans.__('Mounted') : label}
    </button>
  )
}

function nameOf({ repo, branch, commit }: MountTarget): string {
  return `${repo}@${branch}${commit === undefined ? '' : `=${commit.slice(0, 8)}`}`
}
