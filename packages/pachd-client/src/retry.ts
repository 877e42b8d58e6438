/** Which calls may be made again, and how long to wait before. */
import { setTimeout as delay } from 'node:timers/promises'

import type { PachdError } from './errors.js'

const TRIES = 4

/** Reading the state of pachd has no effect on it, so these may be asked again. */
const repeatable = /^(Inspect|List|Get(?!RobotToken|OIDCLogin)|Glob|Walk|Diff|Find|WhoAmI|Check|Subscribe)/

/** Whether a method may be called again after a failure that left open what pachd did. */
export function isRepeatable(method: string): boolean {
  return repeatable.test(method)
}

/** Whether the failure may pass by itself: pachd was not there, or went away. */
export function isTransient(error: PachdError): boolean {
  return error.code === 'UNAVAILABLE' && !error.message.includes('not finished')
}

/**
 * Waits before try number `tries + 1`: 50 ms, doubled each time, with full jitter so that many clients do not
 * return at once. Resolves to false when no further try should be made.
 */
export async function waitForRetry(tries: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (tries >= TRIES || signal?.aborted) return false
  try {
    await delay(Math.random() * 100 * 2 ** tries, undefined, { signal })
    return true
  } catch {
    return false
  }
}
