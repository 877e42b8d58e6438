/** How the bytes of one file of a commit are asked from pachd. */
import { fileReference, type PachdClient, readFile } from '@jupyterlab-pachyderm/pachd-client'

import { commitMessage, type CommitIdentity } from '../commit-identity.js'
import { tarFiles } from './tar-files.js'

/** A file of a commit. */
export interface CommittedFile {
  readonly commit: CommitIdentity
  readonly path: string
  readonly sizeBytes: number
}

/** The bytes of `file` from `offset` to its end, read no faster than the caller takes them. Rejects with PachdError. */
export async function* fileBytes(client: Pick<PachdClient, 'pfs'>, file: CommittedFile, offset: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  if (file.path.includes('\\')) yield* bytesByWildcard(client, file, offset, signal)
  else yield* readFile(client, fileReference(commitMessage(file.commit), file.path), { offset, signal })
}

/**
 * A pattern by which pachd finds `path`, and perhaps a few others. Its patterns take a backslash as an escape, but the
 * part before the first wildcard is looked for as it is written; so a backslash is found only by a wildcard in its place.
 */
export function literalPattern(path: string): string {
  return path.replaceAll('\\', '?')
}

async function* bytesByWildcard(client: Pick<PachdClient, 'pfs'>, file: CommittedFile, offset: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  const archive = client.pfs.getFileTAR({ file: fileReference(commitMessage(file.commit), literalPattern(file.path)) }, { signal })
  for await (const { path, bytes } of tarFiles(archive)) {
    if (path === file.path) yield bytes.subarray(offset)
  }
}
