/** A refused request, as Jupyter or mount-server tells it. */

/** `status` is the HTTP status, 0 when Jupyter itself did not answer; `code` is empty when none was given. */
export class ApiError extends Error {
  override readonly name = 'ApiError'

  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/** What to show of anything thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
