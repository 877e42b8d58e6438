/** Why a request was refused: a closed list of codes for programs, with a sentence for people. */
import { Type, type Static } from 'typebox'

/** All codes; docs/ERRORS.md says of each its status, its errno below the mount, and what to do. */
export const errorCodes = [
  'BAD_REQUEST',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NO_ACCESS',
  'READ_ONLY',
  'NOT_FOUND',
  'NOT_MOUNTED',
  'NOT_CONNECTED',
  'ALREADY_EXISTS',
  'MOUNT_EXISTS',
  'CONFLICT',
  'CHANGED',
  'DATUM_MODE',
  'NO_DATUM',
  'GONE',
  'COMMIT_FAILED',
  'LOGIN_FAILED',
  'TOO_LARGE',
  'RANGE_NOT_SATISFIABLE',
  'TOO_MANY_REQUESTS',
  'NO_SPACE',
  'NOT_SUPPORTED',
  'UNREACHABLE',
  'TIMEOUT',
  'CLUSTER_ERROR',
  'INTERNAL',
] as const

/** One of them. */
export type ErrorCode = (typeof errorCodes)[number]

/**
 * The body of every refusal of a route that is marked `errors: 'json'`. The routes that clients of the original know
 * answer one line of plain text instead.
 */
export type ErrorBody = Static<typeof ErrorBody>
export const ErrorBody = Type.Object({
  code: Type.Enum(errorCodes),
  message: Type.String({ description: 'What happened, in one sentence.' }),
  hint: Type.Optional(Type.String({ description: 'What to do about it, where that is known.' })),
  errno: Type.Optional(Type.String({ description: 'Where the file system refused: the name of the errno that a program below the mount gets.' })),
})

/** Whether a value is the body of a refusal. */
export function isErrorBody(value: unknown): value is ErrorBody {
  return typeof value === 'object' && value !== null && 'code' in value && errorCodes.some(code => code === value.code) && 'message' in value && typeof value.message === 'string'
}
