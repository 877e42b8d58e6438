/** The id of a datum, as pachd computes it: it follows from names and places of its files, not from their contents. */
import { createBLAKE2b } from 'hash-wasm'

const hash = await createBLAKE2b(256)

/** What of a file of a datum counts for its id. */
export interface IdPart {
  /** Name of the input. */
  readonly name: string
  readonly repo: string
  /** The branch of the specification, whatever branch the commit was made on. */
  readonly branch: string
  /** As pachd names the file: a directory ends with "/". */
  readonly path: string
}

/** 64 hexadecimal digits. */
export function datumId(files: readonly IdPart[]): string {
  hash.init()
  for (const { name, repo, branch, path } of files) {
    for (const text of [name, repo, branch, path]) {
      const bytes = Buffer.from(text)
      const length = Buffer.alloc(8)
      length.writeBigUInt64BE(BigInt(bytes.length))
      hash.update(bytes).update(length)
    }
  }
  return hash.digest('hex')
}
