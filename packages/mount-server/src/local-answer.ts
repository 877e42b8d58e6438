/** Answers from what the server knows, where pachd does not answer soon. */
import { PachdError } from '@jupyterlab-pachyderm/pachd-client'
import { setTimeout as delay } from 'node:timers/promises'

/** How long a request that can be answered without pachd waits for what pachd would add. Two such waits stay below 2 s. */
export const LOCAL_PATIENCE_MS = 900

/** Whether an error says that pachd does not answer, and nothing about what was asked. */
export function isSilence(error: unknown): boolean {
  const { code } = PachdError.from(error)
  return code === 'UNAVAILABLE' || code === 'DEADLINE_EXCEEDED' || code === 'CANCELLED'
}

/**
 * What `asked` resolves to; undefined when that takes longer than `patienceMs`, or when pachd does not answer. Rejects as
 * `asked` does otherwise. What comes too late is left alone.
 */
export async function ifAnswered<T>(asked: Promise<T>, patienceMs = LOCAL_PATIENCE_MS): Promise<T | undefined> {
  const over = new AbortController()
  const late = delay(patienceMs, undefined, { signal: over.signal }).catch(() => undefined)
  try {
    return await Promise.race([asked.catch((error: unknown) => (isSilence(error) ? undefined : Promise.reject(error as Error))), late])
  } finally {
    over.abort()
  }
}
