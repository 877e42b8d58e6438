/** From what went wrong to the status of a call: the one place that knows gRPC's numbers. */
import { Metadata, status } from '@grpc/grpc-js'

import { ModelError } from './model-error.js'
import type { ModelErrorCode } from './model-error.js'

const STATUS_OF = {
  UNKNOWN: status.UNKNOWN,
  INVALID_ARGUMENT: status.INVALID_ARGUMENT,
  NOT_FOUND: status.NOT_FOUND,
  ALREADY_EXISTS: status.ALREADY_EXISTS,
  PERMISSION_DENIED: status.PERMISSION_DENIED,
  RESOURCE_EXHAUSTED: status.RESOURCE_EXHAUSTED,
  FAILED_PRECONDITION: status.FAILED_PRECONDITION,
  UNIMPLEMENTED: status.UNIMPLEMENTED,
  INTERNAL: status.INTERNAL,
  UNAVAILABLE: status.UNAVAILABLE,
  DATA_LOSS: status.DATA_LOSS,
  UNAUTHENTICATED: status.UNAUTHENTICATED,
  CANCELLED: status.CANCELLED,
} satisfies Record<ModelErrorCode, status>

// A header frame holds 16 KiB, and every byte that is not plain takes three. Half a character cannot be sent at all.
const LONGEST_TEXT = 4000

/** The status that a client gets. `report` hears of failures that are not a refusal. */
export function toStatus(error: unknown, report: (error: unknown) => void): { code: status; details: string; metadata: Metadata } {
  const metadata = new Metadata()
  if (error instanceof ModelError) {
    if (error.code === 'DATA_LOSS') report(error)
    return { code: STATUS_OF[error.code], details: Buffer.from(error.message.slice(0, LONGEST_TEXT)).toString(), metadata }
  }
  report(error)
  return { code: status.INTERNAL, details: 'pachd-embedded failed; its log says why', metadata }
}
