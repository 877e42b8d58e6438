/** What is on its way between programs, the server and pachd. */
import { type Static, Type } from 'typebox'

/** One running transfer. */
export type Transfer = Static<typeof Transfer>
export const Transfer = Type.Object({
  id: Type.Integer(),
  kind: Type.Enum(['read', 'fetch', 'upload', 'commit'], { description: 'A read is one over HTTP; a fetch is what pachd sends for whoever reads, such as programs on the mount: of a large file, or of several small ones of a directory.' }),
  mount: Type.String(),
  path: Type.Union([Type.String(), Type.Null()], { description: 'Below the mount, of a file or of the directory whose files are fetched; null for a commit.' }),
  started: Type.String({ format: 'date-time' }),
  done_bytes: Type.Integer(),
  total_bytes: Type.Union([Type.Integer(), Type.Null()], { description: 'Null when that is not known.' }),
})

/** Answer of `GET /transfers`: the oldest first. */
export type TransferList = Static<typeof TransferList>
export const TransferList = Type.Object({ transfers: Type.Array(Transfer) })
