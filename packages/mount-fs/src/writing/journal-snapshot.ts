/** A working copy in as few records as say what it is. */
import { childPath } from '../path-names.js'
import type { CommitTree } from '../reading/tree.js'
import { type JournalHeader, type JournalRecord, ROOT_NODE } from './journal-record.js'
import { stateOf, timeRecord } from './node-state.js'
import { type DirectoryNode, HIDDEN_NAME, modifiedOf } from './working-node.js'
import type { WorkingTree } from './working-tree.js'

/**
 * The records, and the numbers of the commits that they name. `base` is the commit at the root, `latest` an own one after it.
 * Those without which the others mean little stand there twice, for the case that one is damaged.
 */
export function snapshot(tree: WorkingTree, header: JournalHeader, base: CommitTree | undefined, latest: CommitTree | undefined): { readonly records: JournalRecord[]; readonly commits: Set<number> } {
  const commits = new Set<number>()
  const nodes: JournalRecord[] = []
  const numberOf = (of: CommitTree) => {
    const number = tree.numberOf(of)
    commits.add(number)
    return number
  }
  const root: JournalRecord = ['root', base ? numberOf(base) : null]
  const { mode, times } = tree.root
  const ofRoot: JournalRecord[] = [...(mode === undefined ? [] : [['mode', ROOT_NODE, mode] as const]), ...(times ? [timeRecord(ROOT_NODE, { ...times, modified: modifiedOf(tree.root) })] : [])]
  const last: JournalRecord[] = latest ? [['latest', numberOf(latest)]] : []
  const walk = (directory: DirectoryNode, path: string) => {
    if (directory.gone.size > 0) nodes.push(['gone', path, [...directory.gone]])
    for (const [name, child] of directory.children) {
      const at = childPath(path, name)
      if (HIDDEN_NAME.test(name)) continue
      if (child.id !== undefined) nodes.push([child.kind === 'directory' ? 'put' : 'note', at, child.id, stateOf(child, numberOf)])
      if (child.kind === 'directory') walk(child, at)
    }
  }
  walk(tree.root, '/')
  const known = [...commits].map((number): JournalRecord => {
    const { commit, madeAtMs } = tree.commitNumbered(number).known
    return ['commit', number, commit, madeAtMs]
  })
  const head: JournalRecord[] = [['mount', { ...header, last: tree.area.lastFile }], ...known, root, ...last]
  return { records: [...head, ...head, ...ofRoot, ['removed', [...tree.removed]], ['uncertain', [...tree.uncertain]], ...nodes], commits }
}
