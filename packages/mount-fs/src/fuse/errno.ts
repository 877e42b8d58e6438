/** The numbers by which the system knows errors. */
import { constants } from 'node:os'

import type { FsErrorCode } from '../errors.js'

/** What FUSE answers for `code`: the negative number. */
export function toErrno(code: FsErrorCode): number {
  return -constants.errno[code]
}
