/** MountError: what mount-server refuses to do, by a closed set of codes. */

/** Why a request was refused. */
export type MountErrorCode =
  | 'BAD_REQUEST'
  | 'NOT_CONNECTED'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'DATUM_MODE'
  | 'NO_DATUM'
  | 'MOUNT_EXISTS'
  | 'NOT_MOUNTED'
  | 'NO_ACCESS'
  | 'COMMIT_FAILED'
  | 'UNREACHABLE'
  | 'LOGIN_FAILED'

/** A refused request. The message is for people and says what to do where that is known. */
export class MountError extends Error {
  override readonly name = 'MountError'

  constructor(
    readonly code: MountErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
