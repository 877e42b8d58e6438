/** Commit sets: the commits of one change as a whole, squashed or dropped together, and what they are built on. */
import { notFound, refused } from '../model-error.js'
import type { Rows } from '../store/store.js'
import type { Change } from './change.js'
import { findCommit, provenanceOfCommits } from './commit-reference.js'
import { childrenOf, removeCommitRecord, subvenantCommits } from './commits.js'
import { showCommit } from './names.js'
import type { CommitName } from './names.js'
import { tables } from './records.js'
import type { CommitRecord } from './records.js'

/** What is to happen to the data of a commit that goes: it lives on in the children, or it is gone, too. */
export type Removal = 'squash' | 'drop'

const recordsOfSet = (rows: Rows, id: string): CommitRecord[] => [...tables.commitSets.list(rows, id)].flatMap(commit => findCommit(rows, commit) ?? [])

/** The commits of a set and those that they are built on, provenance first. Throws NOT_FOUND for an unknown id. */
export function commitsOfSet(rows: Rows, id: string): CommitRecord[] {
  const own = recordsOfSet(rows, id)
  if (own.length === 0) throw notFound(`no commits found for commitset ${id}`)
  const names = own.map(({ commit }) => commit)
  const seen = new Set(names.map(showCommit))
  const sources = provenanceOfCommits(rows, names).filter(commit => !seen.has(showCommit(commit)))
  return provenanceFirst(rows, [...sources.flatMap(commit => findCommit(rows, commit) ?? []), ...own])
}

function provenanceFirst(rows: Rows, records: readonly CommitRecord[]): CommitRecord[] {
  const depth = new Map(records.map(record => [record, provenanceOfCommits(rows, [record.commit]).length]))
  return [...records].sort((a, b) => (depth.get(a) ?? 0) - (depth.get(b) ?? 0) || a.order - b.order)
}

/** The sets with their own commits, newest first; only those with a commit in the project if one is given. */
export function* listSets(rows: Rows, project: string): Generator<{ id: string; commits: CommitRecord[] }, void, undefined> {
  const seen = new Set<string>()
  for (const [, { id }] of tables.commitLog.entries(rows, [], { reverse: true })) {
    if (seen.has(id)) continue
    seen.add(id)
    const commits = provenanceFirst(rows, recordsOfSet(rows, id))
    if (project === '' || commits.some(({ commit }) => commit.repo.project === project)) yield { id, commits }
  }
}

/** All commits that are built on these, transitively, themselves included. */
function withSubvenance(rows: Rows, commits: readonly CommitName[]): Map<string, CommitName> {
  const found = new Map(commits.map(commit => [showCommit(commit), commit]))
  const open = [...commits]
  for (let at = open.shift(); at; at = open.shift()) {
    for (const sub of subvenantCommits(rows, at)) {
      if (found.has(showCommit(sub))) continue
      found.set(showCommit(sub), sub)
      open.push(sub)
    }
  }
  return found
}

/** Removes a whole set. An unknown id is no error. */
export function removeSet(change: Change, id: string, removal: Removal): void {
  const records = recordsOfSet(change.rows, id)
  const others = [...withSubvenance(change.rows, records.map(({ commit }) => commit)).values()].map(commit => commit.id).filter(other => other !== id)
  if (others.length > 0) {
    const list = [...new Set(others)].map(other => `id:"${other}"`).join(' ')
    throw refused(`commit set "id:\\"${id}\\"" cannot be ${removal === 'drop' ? 'dropped' : 'squashed'} because it has subvenant commit sets: [${list}]`)
  }
  removeAll(change, records, removal)
}

/** Removes one commit, with `recursive` also what is built on it. */
export function removeCommit(change: Change, record: CommitRecord, removal: Removal, { recursive }: { recursive: boolean }): void {
  const all = [...withSubvenance(change.rows, [record.commit]).values()]
  if (all.length > 1 && !recursive) throw refused(`cannot ${removal} commit (${showCommit(record.commit)}) with subvenance without recursive`)
  removeAll(change, all.flatMap(commit => findCommit(change.rows, commit) ?? []), removal)
}

function removeAll(change: Change, records: readonly CommitRecord[], removal: Removal): void {
  const going = new Set(records.map(({ commit }) => showCommit(commit)))
  for (const record of records) check(change.rows, record, removal, going)
  // What is built on others goes first, so that a branch which gets an empty head is built on what stays.
  for (const { commit } of provenanceFirst(change.rows, records).reverse()) {
    const latest = findCommit(change.rows, commit)
    if (latest) removeCommitRecord(change, latest)
  }
}

function check(rows: Rows, record: CommitRecord, removal: Removal, going: ReadonlySet<string>): void {
  const name = showCommit(record.commit)
  const children = childrenOf(rows, record).filter(({ commit }) => !going.has(showCommit(commit)))
  if (removal === 'drop') {
    if (children.length > 0) throw refused(`cannot drop a commit that has children: ${name}`)
    return
  }
  if (children.length === 0) {
    throw refused(`cannot squash a commit that has no children as that would cause data loss, use the drop operation instead: ${name}`)
  }
  for (const child of children) {
    if (!child.finished) throw refused(`cannot squash until child commit ${showCommit(child.commit)} is finished${child.finishing ? ', consider using WaitCommit' : ''}`)
  }
}
