import type { Provenance, ProvenanceNode } from '@jupyterlab-pachyderm/mount-api'
import { expect, test } from 'vitest'

import { commitEntry } from '../../tests/scripted-mount-server.js'
import { lineageRows, type LineageRow } from './lineage-tree.js'

const node = (repo: string, relation: ProvenanceNode['relation'], branch = 'master'): ProvenanceNode => ({ project: 'default', repo, branch, id: repo, relation, commit: commitEntry({ id: repo }) })
const outline = (rows: readonly LineageRow[]) => rows.map(row => `${'  '.repeat(row.level - 1)}${row.kind === 'heading' ? `${row.relation} (${String(row.count)})` : `${row.node.repo}@${row.node.branch}`}`)

test('each commit stands once, below the nearest that leads to it', () => {
  const provenance: Provenance = {
    nodes: [node('report', 'self'), node('edges', 'upstream'), node('images', 'upstream'), node('labels', 'upstream'), node('page', 'downstream')],
    edges: [{ from: 1, to: 0 }, { from: 3, to: 1 }, { from: 2, to: 1 }, { from: 2, to: 0 }, { from: 0, to: 4 }],
    truncated: false,
  }

  expect(outline(lineageRows(provenance, 'master'))).toEqual(['upstream (3)', '  edges@master', '    labels@master', '  images@master', 'self (1)', '  report@master', 'downstream (1)', '  page@master'])
})

test('where pachd does not say the branch of the commit, it is the one by which it was found', () => {
  const [, , row] = lineageRows({ nodes: [node('images', 'self', '')], edges: [], truncated: false }, 'dev')

  expect(row).toMatchObject({ target: { project: 'default', repo: 'images', branch: 'dev', commit: 'images', isWritable: false } })
})
