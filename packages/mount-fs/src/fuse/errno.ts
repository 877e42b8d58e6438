/** The numbers by which Linux knows errors: the only place where they stand. */
import type { FsErrorCode } from '../errors.js'

const numbers = {
  EACCES: 13,
  EBADF: 9,
  EBUSY: 16,
  EEXIST: 17,
  EFBIG: 27,
  EINTR: 4,
  EINVAL: 22,
  EIO: 5,
  EISDIR: 21,
  ENAMETOOLONG: 36,
  ENODATA: 61,
  ENOENT: 2,
  ENOSPC: 28,
  ENOTDIR: 20,
  ENOTEMPTY: 39,
  ENOTSUP: 95,
  EPERM: 1,
  EROFS: 30,
  ESTALE: 116,
  ETIMEDOUT: 110,
  EXDEV: 18,
} as const satisfies Record<FsErrorCode, number>

/** What FUSE answers for `code`: the negative number. */
export function toErrno(code: FsErrorCode): number {
  return -numbers[code]
}
