/** pachd's hash of the content of a small file, and whether the pachd at hand has that rule. */
import { commitReference, fileReference, type PachdClient } from '@jupyterlab-pachyderm/pachd-client'
import { createBLAKE2b } from 'hash-wasm'

const blake2b = await createBLAKE2b(256)

/** From this size on a content is hashed in chunks that pachd cuts by a rule of its own. */
export const CHUNKED_FROM_BYTES = 1_000_000

/** BLAKE2b-256 of the BLAKE2b-256 of all bytes. */
export function contentHash(bytes: Uint8Array): Uint8Array {
  const once = blake2b.init().update(bytes).digest('binary')
  return blake2b.init().update(once).digest('binary')
}

const FILE_SETS = '__filesets__'
const FILE_SET_SECONDS = 60
/** Two file sets make one file, as a content does that was appended to: its hash must not tell. */
const PARTS = ['the hash of a small file ', 'follows from its bytes alone']

/** Whether this pachd hashes small files by that rule, however they were written: it is asked for the hash of known bytes, in a file set that nobody else sees. Rejects with PachdError. */
export async function hashesBytesAlone({ pfs }: Pick<PachdClient, 'pfs'>): Promise<boolean> {
  const fileSetIds: string[] = []
  for (const part of PARTS) fileSetIds.push((await pfs.createFileSet([{ body: { $case: 'addFile', addFile: { path: '/probe', source: { $case: 'raw', raw: Buffer.from(part) } } } }])).fileSetId)
  const { fileSetId } = await pfs.composeFileSet({ fileSetIds, ttlSeconds: FILE_SET_SECONDS })
  const expected = contentHash(Buffer.from(PARTS.join('')))
  for await (const { hash } of pfs.listFile({ file: fileReference(commitReference({ repo: FILE_SETS, id: fileSetId }), '/') })) return Buffer.compare(hash, expected) === 0
  return false
}
