/** What it means that pachd does not say who is logged in. */
import type { PachdErrorCode } from '@jupyterlab-pachyderm/pachd-client'

/** `off`: the cluster has no authorization. `refused`: it does not accept the login, or there is none. `away`: it gave no answer. */
export type LoginRefusal = 'off' | 'refused' | 'away'

/** By the code of the error of WhoAmI. Releases refuse an expired login with different codes, so every refusal counts as one. */
export const refusalOf = {
  UNIMPLEMENTED: 'off',
  UNAVAILABLE: 'away',
  DEADLINE_EXCEEDED: 'away',
  CANCELLED: 'away',
  ABORTED: 'away',
  RESOURCE_EXHAUSTED: 'away',
  DATA_LOSS: 'away',
  UNAUTHENTICATED: 'refused',
  PERMISSION_DENIED: 'refused',
  INTERNAL: 'refused',
  UNKNOWN: 'refused',
  NOT_FOUND: 'refused',
  INVALID_ARGUMENT: 'refused',
  FAILED_PRECONDITION: 'refused',
  ALREADY_EXISTS: 'refused',
  OUT_OF_RANGE: 'refused',
} as const satisfies Record<PachdErrorCode, LoginRefusal>
