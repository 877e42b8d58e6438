/** From what a request says to the commit it means: ids, branch names, ancestry, and ids of commit sets. */
import { ModelError, notFound, refused } from '../model-error.js'
import type { Rows } from '../store/store.js'
import { isId, sameRepo, showCommit, showRepo } from './names.js'
import type { CommitName, CommitReference, RepoName } from './names.js'
import { commitKey, repoKey, tables } from './records.js'
import type { CommitRecord } from './records.js'

/** Steps from a commit: back along parents, or the n-th from the first. */
type Ancestry = { readonly kind: 'back' | 'from-first'; readonly count: number }

/** Takes `name^2`, `name~`, `name^^` or `name.3` apart. */
export function parseAncestry(text: string): { base: string; ancestry: Ancestry } | undefined {
  const at = text.search(/[\^~.]/)
  if (at < 0) return { base: text, ancestry: { kind: 'back', count: 0 } }
  const base = text.slice(0, at)
  const marks = text.slice(at)
  if (/^[\^~]+$/.test(marks)) return { base, ancestry: { kind: 'back', count: marks.length } }
  const number = /^([\^~.])(\d{1,10})$/.exec(marks)
  if (!number) return undefined
  return { base, ancestry: { kind: number[1] === '.' ? 'from-first' : 'back', count: Number(number[2]) } }
}

/** The commit with this id in this repo. */
export const findCommit = (rows: Rows, commit: CommitName): CommitRecord | undefined => tables.commits.get(rows, ...commitKey(commit))

/** The commit that a reference means. Throws NOT_FOUND, or UNKNOWN for a reference that says nothing. */
export function resolveCommit(rows: Rows, reference: CommitReference): CommitRecord {
  const { repo, id, branch } = reference
  if (id === '' && branch === '') throw refused('pick commit tx: cannot pick commit with no ID or branch')
  const missing = (what: string) => notFound(`pick commit tx: commit ${showRepo(repo)}@${id} not found\n${what}`)
  if (!tables.repos.get(rows, ...repoKey(repo))) throw missing(`repo ${showRepo(repo)} not found`)
  // An id that is ancestry alone, such as `^2`, starts from the branch.
  const parsed = parseAncestry(id === '' || /^[\^~.]/.test(id) ? branch + id : id)
  if (!parsed) throw refused(`pick commit tx: calculate offset ${showRepo(repo)}@${id || branch}: count offset and clean: invalid ancestry format`)
  const { base, ancestry } = parsed
  const start = isId(base) ? (findCommit(rows, { repo, id: base }) ?? findInProvenanceOfSet(rows, repo, base)) : headOf(rows, repo, base)
  if (!start) throw missing(isId(base) ? `commit ${showRepo(repo)}@${base} not found` : `branch "${base}" not found in repo ${showRepo(repo)}`)
  return ancestry.kind === 'back' ? goBack(rows, start, ancestry.count) : fromFirst(rows, start, ancestry.count)
}

function headOf(rows: Rows, repo: RepoName, name: string): CommitRecord | undefined {
  const branch = tables.branches.get(rows, ...repoKey(repo), name)
  return branch && findCommit(rows, { repo, id: branch.head })
}

/** The commit of `repo` that a commit set of another repo is built on. */
function findInProvenanceOfSet(rows: Rows, repo: RepoName, setId: string): CommitRecord | undefined {
  const source = provenanceOfCommits(rows, [...tables.commitSets.list(rows, setId)]).find(commit => sameRepo(commit.repo, repo))
  return source && findCommit(rows, source)
}

/** All commits in the transitive provenance of some, the direct ones first. */
export function provenanceOfCommits(rows: Rows, commits: readonly CommitName[]): CommitName[] {
  const found = new Map<string, CommitName>()
  const open = [...commits]
  for (let next = open.shift(); next; next = open.shift()) {
    for (const source of findCommit(rows, next)?.provenance ?? []) {
      const key = showCommit(source)
      if (found.has(key)) continue
      found.set(key, source)
      open.push(source)
    }
  }
  return [...found.values()]
}

/** The parent of a commit. */
export const parentOf = (rows: Rows, { commit, parent }: CommitRecord): CommitRecord | undefined =>
  parent === undefined ? undefined : findCommit(rows, { repo: commit.repo, id: parent })

/** So many parents back. Throws NOT_FOUND beyond the first commit. */
export function goBack(rows: Rows, start: CommitRecord, count: number): CommitRecord {
  let at = start
  for (let steps = 0; steps < count; steps++) {
    const parent = parentOf(rows, at)
    if (!parent) {
      throw new ModelError('NOT_FOUND', `pick commit tx: picking commit: commit ${showCommit(start.commit)} has only ${steps} ancestors, ancestor ${count} not found`)
    }
    at = parent
  }
  return at
}

function fromFirst(rows: Rows, start: CommitRecord, count: number): CommitRecord {
  const chain = [start]
  for (let at = parentOf(rows, start); at; at = parentOf(rows, at)) chain.push(at)
  const found = chain[chain.length - count]
  if (!found) throw new ModelError('NOT_FOUND', `pick commit tx: picking commit: ${showCommit(start.commit)} is commit ${chain.length} of its branch, commit ${count} not found`)
  return found
}
