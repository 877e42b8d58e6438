/** PachdError: the one error class of this package, and the translation of what gRPC throws into it. */
import { status as grpcStatus } from '@grpc/grpc-js'

const codeOfStatus = {
  [grpcStatus.CANCELLED]: 'CANCELLED',
  [grpcStatus.UNKNOWN]: 'UNKNOWN',
  [grpcStatus.INVALID_ARGUMENT]: 'INVALID_ARGUMENT',
  [grpcStatus.DEADLINE_EXCEEDED]: 'DEADLINE_EXCEEDED',
  [grpcStatus.NOT_FOUND]: 'NOT_FOUND',
  [grpcStatus.ALREADY_EXISTS]: 'ALREADY_EXISTS',
  [grpcStatus.PERMISSION_DENIED]: 'PERMISSION_DENIED',
  [grpcStatus.RESOURCE_EXHAUSTED]: 'RESOURCE_EXHAUSTED',
  [grpcStatus.FAILED_PRECONDITION]: 'FAILED_PRECONDITION',
  [grpcStatus.ABORTED]: 'ABORTED',
  [grpcStatus.OUT_OF_RANGE]: 'OUT_OF_RANGE',
  [grpcStatus.UNIMPLEMENTED]: 'UNIMPLEMENTED',
  [grpcStatus.INTERNAL]: 'INTERNAL',
  [grpcStatus.UNAVAILABLE]: 'UNAVAILABLE',
  [grpcStatus.DATA_LOSS]: 'DATA_LOSS',
  [grpcStatus.UNAUTHENTICATED]: 'UNAUTHENTICATED',
} as const satisfies Record<Exclude<grpcStatus, grpcStatus.OK>, string>

const codes: ReadonlyMap<number, PachdErrorCode> = new Map(Object.entries(codeOfStatus).map(([status, code]) => [Number(status), code]))

/** Names of gRPC status codes: what can go wrong with a call. The set is closed. */
export type PachdErrorCode = (typeof codeOfStatus)[keyof typeof codeOfStatus]

/**
 * What pachd says about logins under several codes: an expired token is INTERNAL in 2.12, and a cluster without
 * authorization has been UNAUTHENTICATED. The text decides. Go puts the cause last, so what comes before is free.
 */
const codeOfText: readonly (readonly [text: RegExp, code: PachdErrorCode])[] = [
  [/(?:token expiration is in the past|provided auth token is corrupted or has expired \(try logging in again\)|no authentication token \(try logging in\))$/, 'UNAUTHENTICATED'],
  [/the auth service is not activated$/, 'UNIMPLEMENTED'],
]

/** A call to pachd that failed, or an address or configuration that cannot be used. Branch on `code`. */
export class PachdError extends Error {
  override readonly name = 'PachdError'

  constructor(
    readonly code: PachdErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }

  /** The PachdError for anything that was thrown; the original is kept as `cause`. */
  static from(thrown: unknown): PachdError {
    if (thrown instanceof PachdError) return thrown
    if (isStatus(thrown)) {
      return new PachdError(codeOf(thrown), thrown.details, { cause: thrown })
    }
    if (thrown instanceof Error && thrown.name === 'AbortError') return new PachdError('CANCELLED', 'the call was cancelled', { cause: thrown })
    return new PachdError('UNKNOWN', thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown })
  }
}

function codeOf({ code, details }: { code: number; details: string }): PachdErrorCode {
  const [, told] = codeOfText.find(([text]) => text.test(details)) ?? []
  return told ?? codes.get(code) ?? 'UNKNOWN'
}

function isStatus(thrown: unknown): thrown is { code: number; details: string } {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown && typeof thrown.code === 'number' && 'details' in thrown && typeof thrown.details === 'string'
}

/**
 * Whether the error says that an object is missing. Several pachd methods answer UNKNOWN with a text where
 * others answer NOT_FOUND, so the texts that the official clients look for count too.
 */
export function isNotFound(error: unknown): boolean {
  if (!(error instanceof PachdError)) return false
  return error.code === 'NOT_FOUND' || (error.code === 'UNKNOWN' && /not found|does not contain item/.test(error.message))
}
