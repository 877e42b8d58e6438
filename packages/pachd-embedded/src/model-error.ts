/** The one error that the rules of Pachyderm throw. */

/** The codes of gRPC that pachd uses; each means what gRPC says it means. */
export type ModelErrorCode =
  | 'UNKNOWN'
  | 'INVALID_ARGUMENT'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'PERMISSION_DENIED'
  | 'RESOURCE_EXHAUSTED'
  | 'FAILED_PRECONDITION'
  | 'UNIMPLEMENTED'
  | 'INTERNAL'
  | 'UNAVAILABLE'
  | 'DATA_LOSS'
  | 'UNAUTHENTICATED'
  | 'CANCELLED'

/** A refusal or a failure, with the text that clients of pachd look for. */
export class ModelError extends Error {
  override readonly name = 'ModelError'

  constructor(
    readonly code: ModelErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }

  /** The same failure with words in front of its text, as pachd wraps its errors; anything else becomes UNKNOWN. */
  static within(outer: string, error: unknown): ModelError {
    const [code, text] = error instanceof ModelError ? [error.code, error.message] : (['UNKNOWN', String(error)] as const)
    return new ModelError(code, `${outer}: ${text}`, { cause: error })
  }
}

/** A refusal that pachd gives no code of its own, which clients recognise by its text. */
export const refused = (message: string): ModelError => new ModelError('UNKNOWN', message)

/** Something named by the caller that is not there. */
export const notFound = (message: string): ModelError => new ModelError('NOT_FOUND', message)
