/** pfs_v2, the methods about commits: starting, finishing, looking at them, waiting for them, removing them. */
import { Empty, pfs } from '@jupyterlab-pachyderm/pachd-proto'

import { ModelError, notFound, refused } from '../model-error.js'
import { authorize, isAuthorized } from '../model/auth.js'
import { findCommit, parentOf, resolveCommit } from '../model/commit-reference.js'
import { commitsOfSet, listSets, removeCommit, removeSet } from '../model/commit-sets.js'
import type { Removal } from '../model/commit-sets.js'
import { ancestorsFrom, commitsByAge } from '../model/commits.js'
import { requireFileSet } from '../model/file-sets.js'
import { FileView } from '../model/file-view.js'
import { FILE_SET_REPO, isId, sameRepo, showCommit, showRepo } from '../model/names.js'
import type { CommitName, CommitReference } from '../model/names.js'
import { repoKey, tables, toMs } from '../model/records.js'
import type { CommitRecord, Moment } from '../model/records.js'
import { repoResource, requireRepo } from '../model/repos.js'
import type { Call } from './call.js'
import { isSameIn } from './pfs-files.js'
import { checkRepoRights } from './pfs-context.js'
import type { PfsContext } from './pfs-context.js'
import { runOrAppend } from './transactions.js'
import { fromCommit, fromRepo, required, toCommit, toCommitInfo, toRepo } from './wire.js'

/** So many commits are searched before others get their turn. */
const COMMITS_AT_A_TIME = 100
/** Of the time that a client gives, a search takes this share; the rest is for the answer. */
const SHARE_OF_DEADLINE = 0.85

const empty = (): Empty => Empty.fromPartial({})

function hasOrigin(record: CommitRecord, { all, originKind }: { all: boolean; originKind: pfs.OriginKind }): boolean {
  return all || originKind === 'ORIGIN_KIND_UNKNOWN' || record.origin === originKind
}

/** Methods of pfs_v2 about commits. */
export function commitMethods(context: PfsContext) {
  const { pachd } = context

  function hasReached(record: CommitRecord, state: pfs.CommitState): boolean {
    switch (state) {
      case 'READY':
        return record.provenance.every(source => findCommit(pachd.rows, source)?.finished !== undefined)
      case 'FINISHING':
        return record.finishing !== undefined
      case 'FINISHED':
        return record.finished !== undefined
      default:
        return true
    }
  }

  /** The commit once it has reached a state. Throws UNKNOWN when it is removed in the meantime. */
  async function reached(commit: CommitName, state: pfs.CommitState, signal: AbortSignal): Promise<CommitRecord> {
    for (;;) {
      const woken = pachd.wakeUp.next(signal)
      const record = findCommit(pachd.rows, commit)
      if (!record) throw refused(`inspect finishing or finished commit: commit ${showCommit(commit)} was deleted`)
      if (hasReached(record, state)) return record
      await woken
      if (signal.aborted) throw new ModelError('UNAVAILABLE', 'the wait has ended: the client has left, or pachd is about to stop')
    }
  }

  async function inspectCommit(request: pfs.InspectCommitRequest, call: Call): Promise<pfs.CommitInfo> {
    const reference = fromCommit(request.commit)
    checkRepoRights(context, call, reference, ['REPO_INSPECT_COMMIT'])
    if (reference.repo.name === FILE_SET_REPO) return fileSetCommit(reference)
    const { commit } = resolveCommit(pachd.rows, reference)
    return toCommitInfo(pachd.rows, await reached(commit, request.wait, call.waiting))
  }

  /** A file set looks like a commit that has always been finished. */
  function fileSetCommit({ repo, id }: CommitReference): pfs.CommitInfo {
    requireFileSet(pachd.rows, id)
    return pfs.CommitInfo.fromPartial({ commit: { repo: toRepo(repo), id }, description: 'a file set, seen as a commit', finished: { seconds: 0, nanos: 0 }, details: {} })
  }

  function* listCommit(request: pfs.ListCommitRequest, call: Call): Generator<pfs.CommitInfo, void, undefined> {
    let left = request.number > 0 ? request.number : Infinity
    for (const record of commitsInOrder(request, call)) {
      if (!hasOrigin(record, request)) continue
      if (left-- <= 0) return
      yield toCommitInfo(pachd.rows, record)
    }
  }

  function commitsInOrder(request: pfs.ListCommitRequest, call: Call): Iterable<CommitRecord> {
    const { from, to, reverse } = request
    if (from && !to) throw refused('cannot use `from` commit without `to` commit')
    if ((from ?? to) && reverse) throw refused("cannot use 'Reverse' while also using 'From' or 'To'")
    const repo = request.repo && request.repo.name !== '' ? fromRepo(request.repo) : to && fromCommit(to).repo
    if (!repo) return visible(startedWithin(commitsByAge(pachd.rows, { reverse }), request), call)
    if (!tables.repos.get(pachd.rows, ...repoKey(repo))) {
      authorize(pachd.rows, call.caller, repoResource(repo), 'REPO_LIST_COMMIT')
      throw notFound(`ensure repo exists: repo ${showRepo(repo)} not found`)
    }
    authorize(pachd.rows, call.caller, repoResource(repo), 'REPO_LIST_COMMIT')
    if (!to) return startedWithin(commitsByAge(pachd.rows, { repo, reverse }), request)
    const references = [fromCommit(to), ...(from ? [fromCommit(from)] : [])]
    if (references.some(reference => !sameRepo(reference.repo, repo))) throw refused(`\`from\` and \`to\` commits need to be from repo ${showRepo(repo)}`)
    return startedWithin(between(references[0], references[1]), request)
  }

  /** From `to` back to `from`, which is left out. Only a commit id counts as `from`, as in pachd. */
  function* between(to: CommitReference | undefined, from: CommitReference | undefined): Generator<CommitRecord> {
    if (!to) return
    const stop = from && isId(from.id) ? resolveCommit(pachd.rows, from).commit.id : undefined
    for (const record of ancestorsFrom(pachd.rows, resolveCommit(pachd.rows, to))) {
      if (record.commit.id === stop) return
      yield record
    }
  }

  function* startedWithin(records: Iterable<CommitRecord>, { startedTime, reverse }: pfs.ListCommitRequest): Generator<CommitRecord> {
    const limit: Moment | undefined = startedTime
    for (const record of records) {
      if (limit && (reverse ? toMs(record.started) <= toMs(limit) : toMs(record.started) >= toMs(limit))) continue
      yield record
    }
  }

  /** Of all repos, those whose commits the caller may list. */
  function* visible(records: Iterable<CommitRecord>, { caller }: Call): Generator<CommitRecord> {
    for (const record of records) if (isAuthorized(pachd.rows, caller, repoResource(record.commit.repo), 'REPO_LIST_COMMIT')) yield record
  }

  async function* subscribeCommit(request: pfs.SubscribeCommitRequest, call: Call): AsyncGenerator<pfs.CommitInfo, void, undefined> {
    const repo = fromRepo(request.repo)
    authorize(pachd.rows, call.caller, repoResource(repo), 'REPO_LIST_COMMIT', 'REPO_INSPECT_COMMIT')
    if (!tables.repos.get(pachd.rows, ...repoKey(repo))) throw notFound(`get repo ID: repo ${showRepo(repo)} not found`)
    let last = request.from ? resolveCommit(pachd.rows, fromCommit(request.from)).order : 0
    for (;;) {
      const woken = pachd.wakeUp.next(call.waiting)
      const next = [...commitsByAge(pachd.rows, { repo, reverse: true, after: last })]
      for (const { commit, branch, order } of next) {
        last = order
        if (request.branch !== '' && branch !== request.branch) continue
        const record = await reached(commit, request.state, call.waiting)
        if (hasOrigin(record, request)) yield toCommitInfo(pachd.rows, record)
      }
      await woken
      if (call.waiting.aborted) return
      requireRepo(pachd.rows, repo)
    }
  }

  async function* inspectCommitSet({ commitSet, wait }: pfs.InspectCommitSetRequest, call: Call): AsyncGenerator<pfs.CommitInfo, void, undefined> {
    if (!commitSet) throw refused('commitset cannot be nil')
    const records = commitsOfSet(pachd.rows, commitSet.id)
    for (const { commit } of records) authorize(pachd.rows, call.caller, repoResource(commit.repo), 'REPO_INSPECT_COMMIT')
    for (const { commit } of records) yield toCommitInfo(pachd.rows, await reached(commit, wait ? 'FINISHED' : 'STARTED', call.waiting))
  }

  function* listCommitSet({ project }: pfs.ListCommitSetRequest, call: Call): Generator<pfs.CommitSetInfo, void, undefined> {
    for (const { id, commits } of listSets(pachd.rows, project?.name ?? '')) {
      const shown = [...visible(commits, call)]
      if (shown.length > 0) yield { commitSet: { id }, commits: shown.map(record => toCommitInfo(pachd.rows, record)) }
    }
  }

  async function removeWholeSet(id: string, removal: Removal, { caller }: Call): Promise<Empty> {
    await pachd.change(change => removeSet(change, id, removal), { caller })
    return empty()
  }

  async function removeOne({ commit, recursive }: pfs.SquashCommitRequest | pfs.DropCommitRequest, removal: Removal, { caller }: Call): Promise<Record<string, never>> {
    const reference = fromCommit(commit)
    await pachd.change(change => removeCommit(change, resolveCommit(change.rows, reference), removal, { recursive }), { caller })
    return {}
  }

  async function* findCommits(request: pfs.FindCommitsRequest, call: Call): AsyncGenerator<pfs.FindCommitsResponse, void, undefined> {
    const reference = fromCommit(required(request.start, 'FindCommitsRequest', 'Start'))
    if (request.filePath === '') throw refused('file path cannot be empty')
    checkRepoRights(context, call, reference, ['REPO_LIST_COMMIT', 'REPO_READ'])
    let searched = 0
    let found = 0
    let last = resolveCommit(pachd.rows, reference)
    // Before the client gives up it is told how far the search came, to go on from there.
    const until = Date.now() + (call.deadlineMs - Date.now()) * SHARE_OF_DEADLINE
    for (let at: CommitRecord | undefined = last; at; at = parentOf(pachd.rows, at)) {
      if ((request.limit > 0 && found >= request.limit) || (searched > 0 && Date.now() > until)) break
      last = at
      if (await changes(at, request.filePath, call.waiting)) {
        found++
        yield { result: { $case: 'foundCommit', foundCommit: toCommit(at.commit, at.branch) }, commitsSearched: searched }
      }
      if (++searched % COMMITS_AT_A_TIME === 0) await new Promise(setImmediate)
    }
    yield { result: { $case: 'lastSearchedCommit', lastSearchedCommit: toCommit(last.commit, last.branch) }, commitsSearched: searched }
  }

  async function changes(record: CommitRecord, path: string, signal: AbortSignal): Promise<boolean> {
    const { tree } = await pachd.treeOf(record.commit, signal)
    const before = pachd.engine.tree(record.baseRoot ?? (record.parent === undefined ? 0 : (await pachd.treeOf({ repo: record.commit.repo, id: record.parent }, signal)).tree.root))
    return !(await isSameIn(path, new FileView(tree, context.hashes), new FileView(before, context.hashes)))
  }

  return {
    startCommit: (request: pfs.StartCommitRequest, call: Call) =>
      runOrAppend(pachd, call, { startCommit: request }, ({ commit }) => (commit ? toCommit(commit.commit, commit.branch) : pfs.Commit.fromPartial({}))),
    finishCommit: (request: pfs.FinishCommitRequest, call: Call) => runOrAppend(pachd, call, { finishCommit: request }, empty),
    squashCommitSet: (request: pfs.SquashCommitSetRequest, call: Call) => runOrAppend(pachd, call, { squashCommitSet: request }, empty),
    dropCommitSet: (request: pfs.DropCommitSetRequest, call: Call) => removeWholeSet(required(request.commitSet, 'DropCommitSetRequest', 'CommitSet').id, 'drop', call),
    squashCommit: (request: pfs.SquashCommitRequest, call: Call) => removeOne(request, 'squash', call),
    dropCommit: (request: pfs.DropCommitRequest, call: Call) => removeOne(request, 'drop', call),
    inspectCommit,
    listCommit,
    subscribeCommit,
    inspectCommitSet,
    listCommitSet,
    findCommits,
  }
}
