/** What a commit was made from, and what was made from it. */
import type { CommitParams, Provenance, ProvenanceNode } from '@jupyterlab-pachyderm/mount-api'
import type { PachdClient } from '@jupyterlab-pachyderm/pachd-client'

import { commitEntry, namedCommit } from './commit-entry.js'
import { ProvenanceCommits, type ProvenanceCommit } from './provenance-commits.js'
import { pipelinesOf } from './pipeline-outputs.js'

/** So many commits are answered at most. */
const MAX_COMMITS = 500
/** Commits that are asked for at the same time. */
const PARALLEL = 16

type Direction = Exclude<ProvenanceNode['relation'], 'self'>

/** Bounded; nearest commits first. Rejects with PachdError when the commit is not there. */
export async function commitProvenance(client: Pick<PachdClient, 'pfs' | 'pps' | 'version'>, { project, repo, commit }: CommitParams, mostCommits = MAX_COMMITS): Promise<Provenance> {
  const info = await client.pfs.inspectCommit({ commit: namedCommit({ project, repo }, commit), wait: 'STARTED' })
  const id = info.commit?.id ?? ''
  const commits = new ProvenanceCommits(client)
  const isSetWhole = await commits.learnSet(id)
  const start: ProvenanceCommit = { project, repo, branch: info.commit?.branch?.name || (commit === id ? '' : commit), id, key: `${project}/${repo}@${id}` }
  commits.learn(start, info)

  const relations = new Map<string, { readonly commit: ProvenanceCommit; readonly relation: ProvenanceNode['relation'] }>([[start.key, { commit: start, relation: 'self' }]])
  const links = new Map<string, { readonly from: string; readonly to: string }>()
  let truncated = !isSetWhole
  for (const direction of ['upstream', 'downstream'] as const) await walk(direction)

  const found = [...relations.values()]
  const pipelines = await pipelinesOf(client, found.map(({ commit: made }) => made).filter(made => commits.isDerived(made)))
  const nodes = found.map(({ commit: { key, ...name }, relation }): ProvenanceNode => {
    const known = commits.infoOf(key)
    const pipeline = pipelines.has(`${name.project}/${name.repo}`)
    return { ...name, relation, ...(pipeline && { pipeline: name.repo }), commit: known ? commitEntry(known) : null }
  })
  const positions = new Map([...relations.keys()].map((key, position) => [key, position]))
  const edges = [...links.values()].flatMap(({ from, to }) => {
    const [source, made] = [positions.get(from), positions.get(to)]
    return source === undefined || made === undefined ? [] : [{ from: source, to: made }]
  })
  return { nodes, edges, truncated }

  async function walk(direction: Direction): Promise<void> {
    for (let level: readonly ProvenanceCommit[] = [start]; level.length > 0; ) {
      const next: ProvenanceCommit[] = []
      for (let at = 0; at < level.length; at += PARALLEL) {
        const part = level.slice(at, at + PARALLEL)
        const neighbours = await Promise.all(part.map(one => (direction === 'upstream' ? commits.sourcesOf(one) : commits.madeFrom(one))))
        for (const [position, one] of part.entries()) next.push(...(neighbours[position] ?? []).filter(neighbour => add(one, neighbour, direction)))
      }
      level = next
    }
  }

  /** Whether the neighbour is a new node. */
  function add(one: ProvenanceCommit, neighbour: ProvenanceCommit, direction: Direction): boolean {
    const [from, to] = direction === 'upstream' ? [neighbour.key, one.key] : [one.key, neighbour.key]
    links.set(`${from} ${to}`, { from, to })
    if (relations.has(neighbour.key)) return false
    if (relations.size >= mostCommits) {
      truncated = true
      return false
    }
    relations.set(neighbour.key, { commit: neighbour, relation: direction })
    return true
  }
}
