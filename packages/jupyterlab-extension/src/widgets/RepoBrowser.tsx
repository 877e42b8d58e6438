/** Everything that could be mounted: a search, a project, and the tree of repos, branches and commits. */
import type { MountEntry, MountSpec, RepoEntry } from '@jupyterlab-pachyderm/mount-api'
import type { TranslationBundle } from '@jupyterlab/translation'
import { useEffect, useMemo, useState } from 'react'

import type { HistoryState } from '../model/history-model.js'
import { nothingSelected, select, type ListSelection } from '../model/list-selection.js'
import type { Progress } from '../model/mount-model.js'
import { branchKey, repoKey, type BranchRef } from '../model/mount-naming.js'
import { projectsOf, repoRows, targetKey, targetName, targetOf, viewWith, wholeTree, type MountTarget, type RepoRow } from '../model/repo-tree.js'
import { IconButton } from './IconButton.js'
import { Notice } from './Notice.js'
import { RepoTreeRow } from './RepoTreeRow.js'
import { Select } from './Select.js'
import { VirtualList } from './VirtualList.js'

/** `selection` holds keys of rows. */
export interface RepoBrowserProps {
  readonly repos: readonly RepoEntry[]
  /** Whether these are all; else they are on their way. */
  readonly isListed: boolean
  readonly mounts: readonly MountEntry[]
  readonly history: HistoryState
  readonly progress: ReadonlyMap<string, Progress>
  readonly selection: ListSelection
  /** What is brought into sight, once for each object. */
  readonly revealed?: MountTarget | undefined
  readonly onSelect: (selection: ListSelection, target: MountTarget | undefined) => void
  readonly onMount: (spec: MountSpec) => void
  /** The branches of a repo come into sight. */
  readonly onOpenRepo: (repo: Pick<BranchRef, 'project' | 'repo'>) => void
  /** The commits of a branch come into sight. */
  readonly onOpenBranch: (branch: BranchRef) => void
  readonly onLoadMore: (branch: BranchRef) => void
  readonly onNewRepo: () => void
  readonly onRefresh: () => void
  readonly trans: TranslationBundle
}

const ROW_PX = 26
const LEVELS = { project: 1, repo: 2, branch: 3, commit: 4, more: 4 }

/** What was searched, opened and chosen stays when the repos change. */
export function RepoBrowser({ repos, isListed, mounts, history, progress, selection, revealed, onSelect, onMount, onOpenRepo, onOpenBranch, onLoadMore, onNewRepo, onRefresh, trans }: RepoBrowserProps) {
  const [view, setView] = useState(wholeTree)
  const rows = useMemo(() => repoRows({ repos, mounts, ...history }, view), [repos, mounts, history, view])
  const projects = useMemo(() => projectsOf(repos), [repos])
  useEffect(() => {
    if (!revealed) return
    setView(now => viewWith(now, revealed))
    onOpenRepo(revealed)
    if (revealed.commit !== undefined && revealed.branch !== '') onOpenBranch(revealed)
    // Whoever gives other callbacks does not want it in sight again.
  }, [revealed])
  // Until its commits are listed, the branch is in sight.
  const revealedKey = revealed && [targetKey(revealed), branchKey(revealed)].find(key => rows.some(row => row.key === key))
  const toggle = (row: RepoRow, open = openOf(row) !== true) => {
    if (row.kind === 'project') setView({ ...view, closedProjects: withMember(view.closedProjects, row.project, !open) })
    if (row.kind === 'repo' && row.access === 'mountable') {
      setView({ ...view, openRepos: withMember(view.openRepos, repoKey(row.entry), open) })
      if (open) onOpenRepo(row.entry)
    }
    if (row.kind === 'branch') {
      setView({ ...view, openBranches: withMember(view.openBranches, branchKey(row.target), open) })
      if (open) onOpenBranch(row.target)
    }
  }
  const activate = (row: RepoRow) => (row.kind === 'more' ? onLoadMore(row.ref) : toggle(row))
  const choose = (chosen: ListSelection) => {
    const row = rows.find(({ key }) => key === chosen.active)
    onSelect(chosen, row && targetOf(row))
  }
  if (!isListed) return <Notice headline={trans.__('Looking for your data…')} />
  if (repos.length === 0) {
    const actions = [
      { label: trans.__('New repo'), onClick: onNewRepo, testId: 'ListItem__firstRepo' },
      { label: trans.__('Refresh the list'), onClick: onRefresh },
    ]
    return <Notice headline={trans.__('This cluster has no repos')} reason={trans.__('Make one here or with “pachctl create repo”, and put files into it.')} actions={actions} />
  }
  return (
    <div className="jp-Pachyderm-repos">
      <div className="jp-Pachyderm-filters">
        <input
          type="search"
          className="jp-mod-styled"
          placeholder={trans.__('Search')}
          aria-label={trans.__('Search repos and branches')}
          value={view.search}
          onChange={event => setView({ ...view, search: event.target.value })}
        />
        <SortButton isDescending={view.isDescending} onSort={isDescending => setView({ ...view, isDescending })} trans={trans} />
        <IconButton icon="add" name={trans.__('New repo')} testId="ListItem__newRepo" onClick={onNewRepo} />
        {projects.length > 1 && (
          <Select label={trans.__('Project')} value={view.project} testId="ProjectList__select" onChange={project => setView({ ...view, project })}>
            <option value="">{trans.__('All projects')}</option>
            {projects.map(project => (
              <option key={project}>{project}</option>
            ))}
          </Select>
        )}
      </div>
      {rows.length === 0 ? (
        <Notice headline={trans.__('Nothing found')} reason={trans.__('No repo or branch matches “%1”.', view.search)} actions={[{ label: trans.__('Clear search'), onClick: () => setView({ ...view, search: '', project: '' }) }]} />
      ) : (
        <VirtualList
          kind="tree"
          label={trans.__('Repositories')}
          rows={rows}
          rowHeightPx={ROW_PX}
          keyOf={row => row.key}
          levelOf={row => LEVELS[row.kind]}
          openOf={openOf}
          onToggle={toggle}
          onActivate={activate}
          selection={selection}
          revealed={revealed && revealedKey !== undefined ? { by: revealed, key: revealedKey } : undefined}
          onSelect={choose}
          renderRow={row => (
            <RepoTreeRow row={row} progress={progressOf(row, progress)} onToggle={() => toggle(row)} onMount={onMount} onLoadMore={onLoadMore} onMenu={() => choose(select(nothingSelected, [], row.key))} trans={trans} />
          )}
        />
      )}
    </div>
  )
}

/** Shows the order as it is, and turns it round. */
function SortButton({ isDescending, onSort, trans }: { readonly isDescending: boolean; readonly onSort: (isDescending: boolean) => void; readonly trans: TranslationBundle }) {
  const name = isDescending ? trans.__('Sort from A to Z') : trans.__('Sort from Z to A')
  return (
    <button type="button" className="jp-Pachyderm-iconButton jp-Pachyderm-sort" title={name} data-testid="ListItem__sort" onClick={() => onSort(!isDescending)}>
      {isDescending ? 'Z–A' : 'A–Z'}
    </button>
  )
}

function openOf(row: RepoRow): boolean | undefined {
  if (row.kind === 'commit' || row.kind === 'more' || (row.kind === 'repo' && row.access !== 'mountable')) return undefined
  return row.open
}

function progressOf(row: RepoRow, progress: ReadonlyMap<string, Progress>): Progress | undefined {
  const target = row.kind === 'repo' ? row.target : targetOf(row)
  return target && progress.get(targetName(target))
}

function withMember(set: ReadonlySet<string>, member: string, present: boolean): ReadonlySet<string> {
  const next = new Set(set)
  if (present) next.add(member)
  else next.delete(member)
  return next
}
