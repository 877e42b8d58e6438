/** What becomes of the statuses of gRPC on their way to clients and programs. */
import { codeOfPachdError } from '../../../packages/mount-server/src/error-codes.js'
import { FsError } from '../../../packages/mount-fs/src/errors.js'
import { PachdError, type PachdErrorCode } from '../../../packages/pachd-client/src/errors.js'
import { table } from './table.js'

/** Each status of pachd with our code for it, and with the errno of programs below the mount. */
export function pachdStatuses(): string {
  const statuses = Object.keys(codeOfPachdError) as PachdErrorCode[]
  return table(['pachd says', 'code', 'errno below the mount'], statuses.map(status => [status, `\`${codeOfPachdError[status]}\``, FsError.from(new PachdError(status, '')).code]))
}
