/** The rows that show where a commit comes from: what it was made from, itself, and what was made from it. */
import type { Provenance, ProvenanceNode } from '@jupyterlab-pachyderm/mount-api'

import type { MountTarget } from './repo-tree.js'

/** One row. Headings have level 1; the level of a commit says over how many steps it belongs to the one in the middle. */
export type LineageRow =
  | { readonly kind: 'heading'; readonly key: string; readonly level: 1; readonly relation: ProvenanceNode['relation']; readonly count: number }
  | { readonly kind: 'commit'; readonly key: string; readonly level: number; readonly node: ProvenanceNode; readonly target: MountTarget }

/** Each commit once, below the first of those by which it can be reached. `branch` is that of the commit in the middle, where pachd does not say it. */
export function lineageRows({ nodes, edges }: Provenance, branch: string): readonly LineageRow[] {
  const self = nodes.findIndex(({ relation }) => relation === 'self')
  const parents = new Map<number, number>()
  // Nearer commits stand before farther ones, so the first edge to a commit is one of the shortest way.
  for (const relation of ['upstream', 'downstream'] as const) {
    for (const position of nodes.keys()) {
      for (const { from, to } of edges) {
        const [near, far] = relation === 'upstream' ? [to, from] : [from, to]
        if (near === position && nodes[far]?.relation === relation && !parents.has(far)) parents.set(far, near)
      }
    }
  }
  const below = (position: number, relation: ProvenanceNode['relation'], level: number): LineageRow[] =>
    [...parents].filter(([far, near]) => near === position && nodes[far]?.relation === relation).flatMap(([far]) => [commitRow(far, level), ...below(far, relation, level + 1)].flat())
  return [heading('upstream'), ...below(self, 'upstream', 2), heading('self'), ...commitRow(self, 2), heading('downstream'), ...below(self, 'downstream', 2)]

  function heading(relation: ProvenanceNode['relation']): LineageRow {
    return { kind: 'heading', key: relation, level: 1, relation, count: nodes.filter(node => node.relation === relation).length }
  }

  function commitRow(position: number, level: number): LineageRow[] {
    const found = nodes[position]
    if (!found) return []
    const node = found.branch === '' && position === self ? { ...found, branch } : found
    const { project, repo, id } = node
    return [{ kind: 'commit', key: `${project}/${repo}@${id}`, level, node, target: { project, repo, branch: node.branch, commit: id, isWritable: false } }]
  }
}
