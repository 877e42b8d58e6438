/** How the bytes of one file of a commit are asked from pachd. */
import { fileReference, type PachdClient, PachdError, readFile } from '@jupyterlab-pachyderm/pachd-client'

import { commitMessage, type CommitIdentity } from '../commit-identity.js'
import { withIdleLimit } from './idle-limit.js'
import { tarEntries } from './tar-files.js'

/** A file of a commit. */
export interface CommittedFile {
  readonly commit: CommitIdentity
  readonly path: string
  readonly sizeBytes: number
}

/**
 * The bytes of `file` from `offset` to its end, read no faster than the caller takes them. Rejects with PachdError:
 * DATA_LOSS when pachd sends more or fewer than its listing said, DEADLINE_EXCEEDED when it stops sending.
 */
export async function* fileBytes(client: Pick<PachdClient, 'pfs'>, file: CommittedFile, offset: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  const open = file.path.includes('\\') ? bytesByWildcard : bytesByPath
  let position = offset
  for await (const piece of withIdleLimit(stop => open(client, file, offset, stop), file.path, { signal })) {
    const left = file.sizeBytes - position
    position += piece.byteLength
    if (piece.byteLength <= left) yield piece
    // An open commit may hold more by now than when its directory was looked into.
    else if (file.commit.openView !== undefined) return yield piece.subarray(0, left)
    else throw wrongLength(file, `more than ${file.sizeBytes}`)
  }
  if (position < file.sizeBytes) throw wrongLength(file, String(position))
}

/** All bytes of a file. Rejects as `fileBytes` does. */
export async function wholeFile(client: Pick<PachdClient, 'pfs'>, file: CommittedFile, signal: AbortSignal = new AbortController().signal): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  for await (const piece of fileBytes(client, file, 0, signal)) pieces.push(piece)
  return Buffer.concat(pieces)
}

function wrongLength({ commit: { repo, id }, path, sizeBytes }: CommittedFile, received: string): PachdError {
  return new PachdError('DATA_LOSS', `${path} of ${repo}@${id}: pachd lists ${sizeBytes} bytes and sends ${received}`)
}

/**
 * A pattern by which pachd finds `path`, and perhaps a few others. Its patterns take a backslash as an escape, but the
 * part before the first wildcard is looked for as it is written; so a backslash is found only by a wildcard in its place.
 */
export function literalPattern(path: string): string {
  return path.replaceAll('\\', '?')
}

function bytesByPath(client: Pick<PachdClient, 'pfs'>, file: CommittedFile, offset: number, signal: AbortSignal): AsyncIterable<Uint8Array> {
  return readFile(client, fileReference(commitMessage(file.commit), file.path), { offset, signal })
}

async function* bytesByWildcard(client: Pick<PachdClient, 'pfs'>, file: CommittedFile, offset: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  const archive = client.pfs.getFileTAR({ file: fileReference(commitMessage(file.commit), literalPattern(file.path)) }, { signal })
  for await (const { path, sizeBytes, pieces } of tarEntries(archive)) {
    if (path !== file.path || sizeBytes !== file.sizeBytes) continue
    let skip = offset
    for await (const piece of pieces()) {
      if (piece.byteLength > skip) yield piece.subarray(skip)
      skip = Math.max(0, skip - piece.byteLength)
    }
    return
  }
}
