/** Everything that could be mounted: a search, a project, and the tree of repos and branches. */
import type { MountEntry, MountSpec, RepoEntry } from '@jupyterlab-pachyderm/mount-api'
import type { TranslationBundle } from '@jupyterlab/translation'
import { useMemo, useState } from 'react'

import type { BranchRef } from '../model/mount-naming.js'
import type { Progress } from '../model/mount-model.js'
import { mountNameOfRow, projectsOf, repoKey, repoRows, wholeTree, type RepoRow } from '../model/repo-tree.js'
import { Notice } from './Notice.js'
import { RepoTreeRow } from './RepoTreeRow.js'
import { Select } from './Select.js'
import { VirtualList } from './VirtualList.js'

/** `repos` as mount-server lists them. */
export interface RepoBrowserProps {
  readonly repos: readonly RepoEntry[]
  readonly mounts: readonly MountEntry[]
  readonly progress: ReadonlyMap<string, Progress>
  readonly onMount: (spec: MountSpec) => void
  /** Asks which commit of the branch to mount. */
  readonly onMountCommit: (branch: BranchRef) => void
  readonly trans: TranslationBundle
}

const ROW_PX = 26

/** What was searched and opened stays when the repos change. */
export function RepoBrowser({ repos, mounts, progress, onMount, onMountCommit, trans }: RepoBrowserProps) {
  const [view, setView] = useState(wholeTree)
  const rows = useMemo(() => repoRows(repos, mounts, view), [repos, mounts, view])
  const projects = useMemo(() => projectsOf(repos), [repos])
  const toggle = (row: RepoRow, open = !(row.kind !== 'branch' && row.open)) => {
    if (row.kind === 'project') setView({ ...view, closedProjects: withMember(view.closedProjects, row.project, !open) })
    if (row.kind === 'repo') setView({ ...view, openRepos: withMember(view.openRepos, repoKey(row.entry), open) })
  }
  if (repos.length === 0) {
    return <Notice headline={trans.__('This cluster has no repos')} reason={trans.__('Make one with `pachctl create repo`, put files into it, and refresh.')} />
  }
  return (
    <div className="jp-Pachyderm-repos">
      <div className="jp-Pachyderm-filters">
        <input
          type="search"
          className="jp-mod-styled"
          placeholder={trans.__('Search repos and branches')}
          aria-label={trans.__('Search repos and branches')}
          value={view.search}
          onChange={event => setView({ ...view, search: event.target.value })}
        />
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
          label={trans.__('Repositories')}
          rows={rows}
          rowHeightPx={ROW_PX}
          keyOf={row => row.key}
          levelOf={row => ({ project: 1, repo: 2, branch: 3 })[row.kind]}
          openOf={row => (row.kind === 'branch' || (row.kind === 'repo' && row.access !== 'mountable') ? undefined : row.open)}
          onToggle={toggle}
          onActivate={row => toggle(row)}
          renderRow={row => <RepoTreeRow row={row} progress={progress.get(mountNameOfRow(row) ?? '')} onToggle={() => toggle(row)} onMount={onMount} onMountCommit={onMountCommit} trans={trans} />}
        />
      )}
    </div>
  )
}

function withMember(set: ReadonlySet<string>, member: string, present: boolean): ReadonlySet<string> {
  const next = new Set(set)
  if (present) next.add(member)
  else next.delete(member)
  return next
}
