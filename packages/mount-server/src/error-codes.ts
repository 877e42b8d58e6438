/** The border to HTTP: which code a failure of each layer has, and which status and advice each code has. */
import type { ErrorCode } from '@jupyterlab-pachyderm/mount-api'
import { FsError, type FsErrorCode } from '@jupyterlab-pachyderm/mount-fs'
import { PachdError, type PachdErrorCode } from '@jupyterlab-pachyderm/pachd-client'

import { MountError } from './errors.js'

/** How a code looks to clients. */
interface Appearance {
  /** Status on routes of our own. */
  readonly status: number
  /** Status on the routes of the original, whose clients branch on the numbers: much is 500 there. */
  readonly oldStatus: number
  readonly hint?: string
}

/** Every status number of a refusal stands here. */
export const appearanceOf: Readonly<Record<ErrorCode, Appearance>> = {
  BAD_REQUEST: { status: 400, oldStatus: 400 },
  UNAUTHENTICATED: { status: 401, oldStatus: 401, hint: 'log in with PUT /auth/_login or "pachctl auth login"; a server with a token of its own wants "Authorization: Bearer TOKEN"' },
  FORBIDDEN: { status: 403, oldStatus: 403, hint: 'call the server by the name localhost, and not from the page of another site' },
  NO_ACCESS: { status: 403, oldStatus: 500, hint: 'ask an owner of the repo for a role: pachctl auth set repo REPO ROLE user:YOU' },
  READ_ONLY: { status: 403, oldStatus: 500, hint: 'mount the branch with mode "rw" to write' },
  NOT_FOUND: { status: 404, oldStatus: 404 },
  NOT_MOUNTED: { status: 404, oldStatus: 500, hint: 'GET /mounts lists what is mounted' },
  NOT_CONNECTED: { status: 503, oldStatus: 404, hint: 'connect with PUT /config {"pachd_address": "grpc://host:30650"}' },
  ALREADY_EXISTS: { status: 409, oldStatus: 500 },
  MOUNT_EXISTS: { status: 409, oldStatus: 500, hint: 'unmount it first, or choose another name' },
  CONFLICT: { status: 409, oldStatus: 500 },
  CHANGED: { status: 412, oldStatus: 412, hint: 'open the file again and read it from the beginning' },
  DATUM_MODE: { status: 409, oldStatus: 400, hint: 'end datum mode with PUT /_unmount_all' },
  NO_DATUM: { status: 409, oldStatus: 400, hint: 'show datums with PUT /datums/_mount' },
  GONE: { status: 410, oldStatus: 500, hint: 'the commit was deleted; mount the branch again' },
  COMMIT_FAILED: { status: 409, oldStatus: 500, hint: 'what was written is kept; mend the cause and commit again' },
  LOGIN_FAILED: { status: 403, oldStatus: 500 },
  TOO_LARGE: { status: 413, oldStatus: 413 },
  RANGE_NOT_SATISFIABLE: { status: 416, oldStatus: 416 },
  TOO_MANY_REQUESTS: { status: 429, oldStatus: 429, hint: 'wait as long as the header Retry-After says' },
  NO_SPACE: { status: 507, oldStatus: 500, hint: 'make room on the disk that holds the staged files' },
  NOT_SUPPORTED: { status: 501, oldStatus: 500 },
  UNREACHABLE: { status: 502, oldStatus: 500, hint: 'check the address and that pachd runs there; mounts come back by themselves' },
  TIMEOUT: { status: 504, oldStatus: 500, hint: 'try again' },
  CLUSTER_ERROR: { status: 502, oldStatus: 500 },
  INTERNAL: { status: 500, oldStatus: 500, hint: 'the log of mount-server says more' },
}

/** The code of what the file system says. */
export const codeOfFsError = {
  EACCES: 'NO_ACCESS',
  EBADF: 'INTERNAL',
  EBUSY: 'CONFLICT',
  EEXIST: 'ALREADY_EXISTS',
  EFBIG: 'TOO_LARGE',
  EILSEQ: 'BAD_REQUEST',
  EINTR: 'TIMEOUT',
  EINVAL: 'BAD_REQUEST',
  EIO: 'CLUSTER_ERROR',
  EISDIR: 'BAD_REQUEST',
  ENAMETOOLONG: 'BAD_REQUEST',
  ENODATA: 'NOT_FOUND',
  ENOENT: 'NOT_FOUND',
  ENOSPC: 'NO_SPACE',
  ENOTDIR: 'BAD_REQUEST',
  ENOTEMPTY: 'CONFLICT',
  ENOTSUP: 'NOT_SUPPORTED',
  EPERM: 'NO_ACCESS',
  EROFS: 'READ_ONLY',
  ESTALE: 'GONE',
  ETIMEDOUT: 'TIMEOUT',
  EXDEV: 'BAD_REQUEST',
} as const satisfies Record<FsErrorCode, ErrorCode>

/** The code of what pachd says. */
export const codeOfPachdError = {
  CANCELLED: 'TIMEOUT',
  UNKNOWN: 'CLUSTER_ERROR',
  INVALID_ARGUMENT: 'BAD_REQUEST',
  DEADLINE_EXCEEDED: 'TIMEOUT',
  NOT_FOUND: 'NOT_FOUND',
  ALREADY_EXISTS: 'ALREADY_EXISTS',
  PERMISSION_DENIED: 'NO_ACCESS',
  RESOURCE_EXHAUSTED: 'CLUSTER_ERROR',
  FAILED_PRECONDITION: 'CONFLICT',
  ABORTED: 'CONFLICT',
  OUT_OF_RANGE: 'BAD_REQUEST',
  UNIMPLEMENTED: 'NOT_SUPPORTED',
  INTERNAL: 'CLUSTER_ERROR',
  UNAVAILABLE: 'UNREACHABLE',
  DATA_LOSS: 'CLUSTER_ERROR',
  UNAUTHENTICATED: 'UNAUTHENTICATED',
} as const satisfies Record<PachdErrorCode, ErrorCode>

const codeOfStatus: ReadonlyMap<number, ErrorCode> = new Map([
  [413, 'TOO_LARGE'],
  [416, 'RANGE_NOT_SATISFIABLE'],
  [429, 'TOO_MANY_REQUESTS'],
] as const)

/** The code of anything that was thrown; INTERNAL for what nobody expected. */
export function codeOf(error: unknown): ErrorCode {
  if (error instanceof MountError) return error.code
  if (error instanceof FsError) return error.cause instanceof PachdError ? codeOfPachdError[error.cause.code] : codeOfFsError[error.code]
  if (error instanceof PachdError) return codeOfPachdError[error.code]
  const status = typeof error === 'object' && error !== null && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500
  return codeOfStatus.get(status) ?? (status >= 400 && status < 500 ? 'BAD_REQUEST' : 'INTERNAL')
}
