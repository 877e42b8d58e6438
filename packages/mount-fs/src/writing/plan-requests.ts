/** A commit plan as messages of ModifyFile. */
import { fileReference, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'

import { commitMessage } from '../commit-identity.js'
import { FsError } from '../errors.js'
import type { CommitTree } from '../reading/tree.js'
import { type CommitPlan, sizeOf } from './commit-plan.js'
import type { Sending } from './committer.js'
import type { StagedContents } from './staged-content.js'
import type { CommittedContent, Content } from './working-node.js'

/** Bytes of one message; pachd takes up to 20 MiB. */
const PIECE_BYTES = 1024 * 1024

type ModifyFileRequests = Parameters<PachdClient['pfs']['modifyFile']>[0]
/** One message of ModifyFile. */
export type ModifyFileRequest = ModifyFileRequests extends Iterable<infer R> | AsyncIterable<infer R> ? R : never

/** What a commit removes. */
export function* removals(plan: CommitPlan): Generator<ModifyFileRequest, void, undefined> {
  for (const path of plan.removals) {
    // Without a slash it is the file of this name, with one the directory; pachd does not mind if there is none.
    yield { body: { $case: 'deleteFile', deleteFile: { path } } }
    yield { body: { $case: 'deleteFile', deleteFile: { path: `${path}/` } } }
  }
}

/**
 * What a commit on top of `parent` removes, file by file: a file set has no parent in which pachd could look up what a
 * directory holds. Rejects with PachdError.
 */
export async function* removalsOfFiles({ client, plan }: Pick<Sending, 'client' | 'plan'>, parent: CommitTree | undefined): AsyncGenerator<ModifyFileRequest, void, undefined> {
  for (const path of plan.removals) {
    yield { body: { $case: 'deleteFile', deleteFile: { path } } }
    if (!parent || (await parent.find(path))?.kind !== 'directory') continue
    for await (const { file, fileType } of client.pfs.walkFile({ file: fileReference(commitMessage(parent.commit), path) })) {
      if (fileType === 'FILE' && file) yield { body: { $case: 'deleteFile', deleteFile: { path: file.path } } }
    }
  }
}

/** What a commit adds and replaces, after its removals. */
export async function* additions({ plan, contents, progress, onSent }: Pick<Sending, 'plan' | 'contents' | 'progress' | 'onSent'>): AsyncGenerator<ModifyFileRequest, void, undefined> {
  for (const { path, node } of plan.directories) {
    if (node.origin) yield { body: { $case: 'copyFile', copyFile: { dst: path, src: fileReference(commitMessage(node.origin.tree.commit), node.origin.path) } } }
    progress.filesDone++
  }
  for (const { path, content } of plan.files) {
    // pachd appends to a file that is there.
    yield { body: { $case: 'deleteFile', deleteFile: { path } } }
    const copied = copiedPart(content)
    if (copied) yield { body: { $case: 'copyFile', copyFile: { dst: path, src: fileReference(commitMessage(copied.tree.commit), copied.path) } } }
    const sizeBytes = sizeOf(content)
    if (sizeBytes === 0) yield { body: { $case: 'addFile', addFile: { path, source: { $case: 'raw', raw: new Uint8Array(0) } } } }
    const start = copied?.sizeBytes ?? 0
    const small = smallContent(content)
    if (small) {
      yield { body: { $case: 'addFile', addFile: { path, source: { $case: 'raw', raw: small } } } }
      progress.bytesDone += small.byteLength
      onSent?.(small.byteLength)
    } else if (start < sizeBytes) {
      for await (const raw of bytesOf(contents, content, start)) {
        yield { body: { $case: 'addFile', addFile: { path, source: { $case: 'raw', raw } } } }
        progress.bytesDone += raw.byteLength
        onSent?.(raw.byteLength)
      }
    }
    progress.filesDone++
  }
}

/** All bytes of a file that is on the local disk and fits into a message; undefined for others. */
function smallContent(content: Content): Uint8Array | undefined {
  if (content.at === 'commit' || content.file.under || content.file.sizeBytes === 0 || content.file.sizeBytes > PIECE_BYTES) return undefined
  return content.file.readLocal(0, content.file.sizeBytes)
}

/** The bytes of a content from `offset` on, a message at a time. */
export async function* bytesOf(contents: StagedContents, content: Content, offset = 0): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = contents.reader(content)
  const sizeBytes = sizeOf(content)
  try {
    for (let at = offset; at < sizeBytes; ) {
      const bytes = await reader.read(at, PIECE_BYTES)
      if (bytes.byteLength === 0) throw new FsError('EIO', `a staged file ends at ${at} bytes of ${sizeBytes}`)
      yield bytes
      at += bytes.byteLength
    }
  } finally {
    reader.close()
  }
}

/** The committed file that a content is, or begins with: pachd copies it, and only what follows is sent. */
export function copiedPart(content: Content): CommittedContent | undefined {
  if (content.at === 'commit') return content
  const { under, sizeBytes } = content.file
  if (!under || under.limit < under.base.sizeBytes || sizeBytes < under.base.sizeBytes || under.own.ranges.length > 0) return undefined
  return under.base
}
