/** FsError: the one error class of this package, and the translation of what pachd and the local disk say into it. */
import { PachdError, type PachdErrorCode } from '@jupyterlab-pachyderm/pachd-client'

const fsErrorCodes = [
  'EACCES', 'EBADF', 'EBUSY', 'EEXIST', 'EFBIG', 'EILSEQ', 'EINTR', 'EINVAL', 'EIO', 'EISDIR', 'ENAMETOOLONG', 'ENODATA', 'ENOENT', 'ENOSPC', 'ENOTDIR',
  'ENOTEMPTY', 'ENOTSUP', 'EPERM', 'EROFS', 'ESTALE', 'ETIMEDOUT', 'EXDEV',
] as const

/** Names of the errno values that a program below the mount can meet. The set is closed. */
export type FsErrorCode = (typeof fsErrorCodes)[number]

const knownCodes: ReadonlySet<string> = new Set(fsErrorCodes)

/** An operation of the file system that failed. Branch on `code`; the message names mount and path. */
export class FsError extends Error {
  override readonly name = 'FsError'

  constructor(
    readonly code: FsErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }

  /** The FsError for anything that was thrown; the original is kept as `cause`. */
  static from(thrown: unknown): FsError {
    if (thrown instanceof FsError) return thrown
    if (thrown instanceof PachdError) return new FsError(fsCodeOfPachd[thrown.code], thrown.message, { cause: thrown })
    const code = errnoName(thrown)
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    return new FsError(code ?? 'EIO', message, { cause: thrown })
  }
}

/**
 * What a program sees when pachd refuses. ENOSYS is never among them: the kernel takes it to mean that the whole
 * file system lacks the operation, and asks no more.
 */
const fsCodeOfPachd = {
  CANCELLED: 'EINTR',
  UNKNOWN: 'EIO',
  INVALID_ARGUMENT: 'EINVAL',
  DEADLINE_EXCEEDED: 'ETIMEDOUT',
  NOT_FOUND: 'ENOENT',
  ALREADY_EXISTS: 'EEXIST',
  PERMISSION_DENIED: 'EACCES',
  RESOURCE_EXHAUSTED: 'EIO',
  FAILED_PRECONDITION: 'EIO',
  ABORTED: 'EIO',
  OUT_OF_RANGE: 'EINVAL',
  UNIMPLEMENTED: 'ENOTSUP',
  INTERNAL: 'EIO',
  UNAVAILABLE: 'EIO',
  DATA_LOSS: 'EIO',
  UNAUTHENTICATED: 'EACCES',
} as const satisfies Record<PachdErrorCode, FsErrorCode>

function errnoName(thrown: unknown): FsErrorCode | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown) || typeof thrown.code !== 'string') return undefined
  return isFsErrorCode(thrown.code) ? thrown.code : undefined
}

function isFsErrorCode(code: string): code is FsErrorCode {
  return knownCodes.has(code)
}
