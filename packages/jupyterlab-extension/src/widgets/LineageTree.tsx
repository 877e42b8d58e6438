/** Where a commit comes from, as a tree: upstream, the commit, downstream. */
import type { MountEntry, ProvenanceNode } from '@jupyterlab-pachyderm/mount-api'
import type { TranslationBundle } from '@jupyterlab/translation'
import { useState } from 'react'

import type { LineageState } from '../model/lineage-model.js'
import type { LineageRow } from '../model/lineage-tree.js'
import { nothingSelected } from '../model/list-selection.js'
import { agoText, momentText } from '../model/moment.js'
import { branchLabel } from '../model/mount-naming.js'
import type { Progress } from '../model/mount-model.js'
import { targetName, type MountTarget } from '../model/repo-tree.js'
import { IconButton } from './IconButton.js'
import { Notice } from './Notice.js'
import { VirtualList } from './VirtualList.js'

/** What can be done with each commit. */
export interface LineageActions {
  readonly onMount: (target: MountTarget) => void
  readonly onCopyId: (target: MountTarget) => void
  /** Shows it in the tree of repos. */
  readonly onShow: (target: MountTarget) => void
}

/** `progress` and `problems` are those of mounts, by their names. */
export interface LineageTreeProps extends LineageActions {
  readonly lineage: LineageState
  readonly mounts: readonly MountEntry[]
  readonly progress: ReadonlyMap<string, Progress>
  readonly problems: ReadonlyMap<string, string>
  readonly onRetry: () => void
  readonly trans: TranslationBundle
}

const ROW_PX = 26
const INDENT_PX = 16
const keyOf = ({ key }: LineageRow) => key

/** The tree. Arrow keys walk it, Enter shows a commit in the tree of repos. */
export function LineageTree({ lineage, problems, onRetry, ...rows }: LineageTreeProps) {
  const { onShow, trans } = rows
  const [selection, setSelection] = useState(nothingSelected)
  if (lineage.status === 'loading') return <Notice headline={trans.__('Looking where it comes from…')} />
  if (lineage.status === 'failed') return <Notice isError headline={trans.__('Where it comes from could not be told')} reason={lineage.reason} actions={[{ label: trans.__('Retry'), onClick: onRetry }]} />
  const problem = lineage.rows.map(row => (row.kind === 'commit' ? problems.get(targetName(row.target)) : undefined)).find(Boolean)
  return (
    <div className="jp-Pachyderm-lineage" data-testid="Lineage__tree">
      {problem !== undefined && (
        <p className="jp-Pachyderm-problem" role="alert">
          {trans.__('Could not be mounted: %1', problem)}
        </p>
      )}
      <div className="jp-Pachyderm-lineageRows" style={{ height: lineage.rows.length * ROW_PX }}>
        <VirtualList
          kind="tree"
          label={trans.__('Where this comes from')}
          rows={lineage.rows}
          rowHeightPx={ROW_PX}
          keyOf={keyOf}
          levelOf={row => row.level}
          selection={selection}
          onSelect={setSelection}
          onActivate={row => row.kind === 'commit' && onShow(row.target)}
          renderRow={row => (row.kind === 'heading' ? <HeadingRow row={row} trans={trans} /> : <CommitRow {...rows} row={row} />)}
        />
      </div>
      {lineage.truncated && <p className="jp-Pachyderm-secondary">{trans.__('There are more commits than are shown here; the nearest are.')}</p>}
    </div>
  )
}

function HeadingRow({ row: { relation, count }, trans }: { readonly row: Extract<LineageRow, { kind: 'heading' }>; readonly trans: TranslationBundle }) {
  const words: Record<ProvenanceNode['relation'], string> = { upstream: trans.__('Upstream: what it was made from'), self: trans.__('This commit'), downstream: trans.__('Downstream: what was made from it') }
  return (
    <div className="jp-Pachyderm-treeRow" data-kind="project">
      <span className="jp-Pachyderm-name">{words[relation]}</span>
      {relation !== 'self' && <span className="jp-Pachyderm-secondary">{count === 0 ? trans.__('none') : count.toLocaleString()}</span>}
    </div>
  )
}

type CommitRowProps = Pick<LineageTreeProps, 'mounts' | 'progress' | 'trans' | keyof LineageActions> & { readonly row: Extract<LineageRow, { kind: 'commit' }> }

function CommitRow({ row: { level, node, target }, mounts, progress, onMount, onCopyId, onShow, trans }: CommitRowProps) {
  const { project, repo, id, pipeline, commit } = node
  const label = branchLabel(target)
  const made = commit?.finished ?? commit?.started ?? null
  const isMounted = mounts.some(mount => mount.project === project && mount.repo === repo && mount.commit === id)
  const isComing = progress.has(targetName(target))
  const about = [label, id, ...(pipeline === undefined ? [] : [trans.__('Output of the pipeline %1', pipeline)]), commit === null ? trans.__('No read access') : commit.message, momentText(made)].filter(Boolean).join('\n')
  return (
    <div className="jp-Pachyderm-treeRow" style={{ paddingLeft: level * INDENT_PX }} title={about} data-testid="Lineage__commit" data-relation={node.relation}>
      <span className="jp-Pachyderm-lineageName">{label}</span>
      <span className="jp-Pachyderm-commitId">{id.slice(0, 8)}</span>
      {pipeline !== undefined && <span className="jp-Pachyderm-secondary">{trans.__('pipeline')}</span>}
      <span className="jp-Pachyderm-name jp-Pachyderm-secondary">{commit?.message}</span>
      <span className="jp-Pachyderm-secondary">{commit === null ? trans.__('No read access') : commit.state === 'failed' ? trans.__('failed') : commit.finished === null ? trans.__('open') : agoText(made)}</span>
      <span className="jp-Pachyderm-rowActions">
        <button type="button" className="jp-Pachyderm-mountButton" disabled={isMounted || isComing || commit === null} title={isMounted ? trans.__('%1 is mounted', label) : trans.__('Mount %1 to read', label)} data-testid="Lineage__mount" onClick={() => onMount(target)}>
          {isComing ? trans.__('Mounting…') : isMounted ? trans.__('Mounted') : trans.__('Mount')}
        </button>
        <IconButton icon="copy" name={trans.__('Copy the commit id of %1', label)} testId="Lineage__copy" onClick={() => onCopyId(target)} />
        <IconButton icon="search" name={trans.__('Show %1 in the Data tab', label)} testId="Lineage__show" onClick={() => onShow(target)} />
      </span>
    </div>
  )
}
