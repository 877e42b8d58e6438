/** Files of the mounts over HTTP, for where there is no FUSE. */
import { type Static, Type } from 'typebox'

import { After, Limit, Next } from './paging.js'

/** Names a file in a path: the mount, and what follows it. */
export type FileParams = Static<typeof FileParams>
export const FileParams = Type.Object({ mount: Type.String(), '*': Type.String({ description: 'The path in the mount.' }) })

/** The header of `GET /files/:mount/*` with the id of the finished commit that a read-only mount showed. */
export const COMMIT_HEADER = 'pachyderm-commit'

/** Query of `GET /files/:mount/*`; all but `commit` and `download` is for directories. */
export type FileQuery = Static<typeof FileQuery>
export const FileQuery = Type.Object({
  commit: Type.Optional(Type.String({ pattern: '^[0-9a-f]{32}$', description: 'The id of a commit to read from, whatever the mount shows now: that of the header Pachyderm-Commit of an earlier answer.' })),
  download: Type.Optional(Type.Boolean({ description: 'Offer the file for saving rather than for showing.' })),
  search: Type.Optional(Type.String({ description: 'Only names that contain this, in any case.' })),
  limit: Limit,
  after: After,
  partial: Type.Optional(Type.Boolean({ description: 'Whether the first names of a large directory will do while the others are on their way; ask again without it for the others.' })),
})

/** One name of a directory. */
export type FileEntry = Static<typeof FileEntry>
export const FileEntry = Type.Object({
  name: Type.String(),
  kind: Type.Enum(['file', 'directory', 'link']),
  size_bytes: Type.Integer(),
  modified: Type.String({ format: 'date-time' }),
})

/** A directory: the answer of `GET /files/:mount/*` where it names one. Entries are sorted by name. */
export type DirectoryPage = Static<typeof DirectoryPage>
export const DirectoryPage = Type.Object({
  path: Type.String({ description: 'From the mount directory: "/images/train".' }),
  writable: Type.Boolean(),
  entries: Type.Array(FileEntry),
  total: Type.Union([Type.Integer(), Type.Null()], { description: 'Entries over all pages; null, with "partial", while that is not known.' }),
  next: Next,
})

/** Query of `DELETE /files/:mount/*`. */
export type FileDeleteQuery = Static<typeof FileDeleteQuery>
export const FileDeleteQuery = Type.Object({ recursive: Type.Optional(Type.Boolean({ description: 'Directories with all that is in them.' })) })

/** Answer of `PUT /files/:mount/*` and of a rename: what stands there now. `path` is from the mount directory. */
export type WrittenFile = Static<typeof WrittenFile>
export const WrittenFile = Type.Object({ path: Type.String(), kind: Type.Enum(['file', 'directory']), size_bytes: Type.Integer() })

/** Body of `PUT /mounts/:name/_rename`. */
export type RenameRequest = Static<typeof RenameRequest>
export const RenameRequest = Type.Object({
  from: Type.String({ description: 'The path in the mount: "/plots/draft.png".' }),
  to: Type.String({ description: 'The new path in the same mount. Its directory has to be there.' }),
  replace: Type.Optional(Type.Boolean({ description: 'Whether a file, or an empty directory, at the new path gives way. Default: false; then something there is refused with ALREADY_EXISTS.' })),
})

/** The URL of a file or directory below the root of mount-server. `path` is below the mount. */
export function fileUrl(mount: string, path = '/'): string {
  return `/files/${[mount, ...path.split('/').filter(name => name !== '')].map(encodeURIComponent).join('/')}`
}
