/** pfs_v2, the methods that write files: into commits, into new commits of a branch, and into file sets. */
import type { pfs } from '@jupyterlab-pachyderm/pachd-proto';
import { Empty } from '@jupyterlab-pachyderm/pachd-proto'

import { ModelError, notFound, refused } from '../model-error.js'
import { authorize } from '../model/auth.js'
import type { Change } from '../model/change.js'
import { findCommit, resolveCommit } from '../model/commit-reference.js'
import { alreadyFinished, baseTree, beginFinish, findBranch, startCommit } from '../model/commits.js'
import { FILE_SET_SECONDS, addFileSet, checkTtl, lentLayers, renewFileSet, requireFileSet } from '../model/file-sets.js'
import { isId, showRepo } from '../model/names.js'
import type { CommitName, CommitReference } from '../model/names.js'
import type { CommitRecord, Layer } from '../model/records.js'
import { repoKey, tables } from '../model/records.js'
import { repoResource } from '../model/repos.js'
import { saveSegment } from '../model/segment.js'
import { differentFiles } from '../tree/tree-reader.js'
import type { Call } from './call.js'
import { FileUpload } from './file-upload.js'
import type { PfsContext } from './pfs-context.js'
import { fromCommit } from './wire.js'

const empty = (): Empty => Empty.fromPartial({})

/** The open commit that a stream writes into, or the branch that gets a new commit. */
type Target = { readonly kind: 'open'; readonly record: CommitRecord } | { readonly kind: 'one-off'; readonly branch: string }

function openTarget(record: CommitRecord): Target {
  if (record.finishing) throw alreadyFinished(record)
  return { kind: 'open', record }
}

/** Where a stream's changes go, decided when it has ended: pachd reads the stream before it looks for the repo. */
function findTarget(change: Change, reference: CommitReference): Target {
  const { rows } = change
  const { repo, id, branch } = reference
  if (!tables.repos.get(rows, ...repoKey(repo))) throw notFound(`repo ${showRepo(repo)} not found`)
  authorize(rows, change.caller, repoResource(repo), 'REPO_WRITE')
  const byId = isId(id) ? findCommit(rows, { repo, id }) : undefined
  if (byId) return openTarget(byId)
  if (isId(id) && branch === '') return openTarget(resolveCommit(rows, reference))
  const name = branch !== '' ? branch : id
  if (name === '') throw refused('pick commit tx: cannot pick commit with no ID or branch')
  const record = findBranch(rows, { repo, name })
  const head = record && findCommit(rows, { repo, id: record.head })
  return head && !head.finishing ? { kind: 'open', record: head } : { kind: 'one-off', branch: name }
}

/** Puts layers behind those of an open commit. */
function appendLayers(change: Change, record: CommitRecord, layers: readonly Layer[]): void {
  if (layers.length > 0) change.putCommit({ ...record, layers: [...record.layers, ...layers] })
}

/** Writing methods of pfs_v2. */
export function uploadMethods(context: PfsContext) {
  const { pachd } = context

  async function upload<T>(messages: AsyncIterable<pfs.ModifyFileRequest>, call: Call, keep: (upload: FileUpload) => Promise<T>): Promise<T> {
    const files = new FileUpload(context, call)
    try {
      for await (const message of messages) {
        if (message.body?.$case === 'copyFile' && !message.body.copyFile.src) {
          throw new ModelError('INVALID_ARGUMENT', 'validate recv: invalid ModifyFileRequest.CopyFile: embedded message failed validation | caused by: invalid CopyFile.Src: value is required')
        }
        const taken = files.take(message)
        await taken
      }
      await files.finish()
      return await keep(files)
    } finally {
      files.close()
    }
  }

  async function modifyFile(messages: AsyncIterable<pfs.ModifyFileRequest>, call: Call): Promise<Empty> {
    const iterator = messages[Symbol.asyncIterator]()
    const first = await iterator.next()
    if (first.done) throw refused('EOF')
    const { body } = first.value
    if (body?.$case !== 'setCommit') throw refused('first message must be a commit')
    const reference = fromCommit(body.setCommit)
    const rest = { [Symbol.asyncIterator]: () => iterator }
    const written = await upload(rest, call, files =>
      pachd.change(change => write(change, reference, files), { caller: call.caller }),
    )
    if (written) await pachd.foldIfLong(written)
    return empty()
  }

  /** Gives the changes to their commit; the commit is open afterwards if one is returned. */
  function write(change: Change, reference: CommitReference, files: FileUpload): CommitName | undefined {
    const target = findTarget(change, reference)
    if (target.kind === 'open') {
      appendLayers(change, target.record, files.layers(change.rows))
      return target.record.commit
    }
    const made = startCommit(change, { branch: { repo: reference.repo, name: target.branch }, parent: undefined, description: '' })
    beginFinish(change, { ...made, layers: files.layers(change.rows) }, {})
    return undefined
  }

  async function createFileSet(messages: AsyncIterable<pfs.ModifyFileRequest>, call: Call) {
    const fileSetId = await upload(messages, call, files => pachd.change(({ rows }) => addFileSet(rows, files.layers(rows))))
    return { fileSetId }
  }

  async function addFileSetToCommit({ commit, fileSetId }: pfs.AddFileSetRequest, call: Call): Promise<Empty> {
    const reference = fromCommit(commit)
    const written = await pachd.change(
      change => {
        const record = resolveCommit(change.rows, reference)
        authorize(change.rows, change.caller, repoResource(record.commit.repo), 'REPO_WRITE')
        if (record.finishing) throw alreadyFinished(record)
        try {
          appendLayers(change, record, lentLayers(requireFileSet(change.rows, fileSetId)))
        } catch (error) {
          throw ModelError.within('add file set', error)
        }
        return record.commit
      },
      { caller: call.caller },
    )
    await pachd.foldIfLong(written)
    return empty()
  }

  async function getFileSet({ commit, type }: pfs.GetFileSetRequest, call: Call) {
    const reference = fromCommit(commit)
    authorize(pachd.rows, call.caller, repoResource(reference.repo), 'REPO_READ')
    const { record, tree } = await pachd.treeOf(resolveCommit(pachd.rows, reference).commit, call.waiting)
    const base = record.baseRoot ?? baseTree(pachd.rows, record) ?? 0
    const fileSetId = await pachd.change(({ rows }) => {
      if (type !== 'DIFF') return addFileSet(rows, [{ kind: 'tree', root: tree.root }])
      const changes = [...differentFiles(pachd.engine.nodes, base, tree.root)].map(({ key, young }) => ({ key, replaces: true, deleted: !young, parts: young && young.content.size > 0 ? [young.content] : [] }))
      return addFileSet(rows, [{ kind: 'segment', id: saveSegment(rows, { removed: [], changes }) }])
    })
    return { fileSetId }
  }

  async function renewFileSetMethod({ fileSetId, ttlSeconds }: pfs.RenewFileSetRequest): Promise<Empty> {
    await pachd.change(({ rows }) => renewFileSet(rows, fileSetId, ttlSeconds))
    return empty()
  }

  async function composeFileSet({ fileSetIds, ttlSeconds }: pfs.ComposeFileSetRequest) {
    if (ttlSeconds !== 0) checkTtl(ttlSeconds)
    const fileSetId = await pachd.change(({ rows }) =>
      addFileSet(rows, fileSetIds.flatMap(id => lentLayers(requireFileSet(rows, id))), ttlSeconds || FILE_SET_SECONDS),
    )
    return { fileSetId }
  }

  async function clearCommit({ commit }: pfs.ClearCommitRequest, { caller }: Call): Promise<Empty> {
    const reference = fromCommit(commit)
    await pachd.change(
      change => {
        const record = resolveCommit(change.rows, reference)
        authorize(change.rows, change.caller, repoResource(record.commit.repo), 'REPO_WRITE')
        if (record.finishing) throw refused('cannot clear finished commit')
        const { folded: _, ...rest } = record
        change.putCommit({ ...rest, layers: [] })
      },
      { caller },
    )
    return empty()
  }

  return { modifyFile, createFileSet, addFileSet: addFileSetToCommit, getFileSet, renewFileSet: renewFileSetMethod, composeFileSet, clearCommit }
}
