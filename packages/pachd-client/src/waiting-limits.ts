/** How long pachd may be silent before a call is given up, for calls that name no limit. Milliseconds. */

/** Reading a state takes pachd milliseconds; a request of a person that waits for it should end while the person still waits. */
const READ_TIMEOUT_MS = 10_000

/** Lists that pachd sends as it reads them. */
const promptStreams = /^(List(Repo|Project|Branch|Commit)|InspectCommitSet)/
/** Answers that pachd computes before it sends the first. */
const computedStreams = /^(Diff|Glob|List(Datum|Pipeline|Job))/

const PROMPT_SILENCE_MS = 10_000
const COMPUTED_SILENCE_MS = 30_000

/** The deadline of a unary call. A change may take its time, and is never cut short: it may be made all the same. */
export function unaryTimeoutMs(method: string, defaultMs: number): number {
  return /^(Inspect|List|Get|WhoAmI|Check)/.test(method) ? Math.min(READ_TIMEOUT_MS, defaultMs) : defaultMs
}

/** The longest wait for the next answer of a stream; undefined for streams that are silent while nothing happens, or whose reader sets a limit. */
export function streamSilenceMs(method: string): number | undefined {
  if (promptStreams.test(method)) return PROMPT_SILENCE_MS
  return computedStreams.test(method) ? COMPUTED_SILENCE_MS : undefined
}
