/** MountError: what mount-server refuses to do, by one of the codes of the REST API. */
import type { ErrorCode } from '@jupyterlab-pachyderm/mount-api'

/** Why a request was refused. */
export type MountErrorCode = ErrorCode

/** A refused request. The message is for people and says what happened; `hint` says what to do where the code alone does not. */
export class MountError extends Error {
  override readonly name = 'MountError'
  readonly hint: string | undefined

  constructor(
    readonly code: MountErrorCode,
    message: string,
    options?: ErrorOptions & { hint?: string },
  ) {
    super(message, options)
    this.hint = options?.hint
  }
}
