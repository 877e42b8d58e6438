/** Streams that stop sending: ended after a while, so that nobody waits for them for ever. */
import { PachdError } from '@jupyterlab-pachyderm/pachd-client'

/** Shorter than the deadline of an operation, so that the operation still reports what was wrong, and the next one starts anew. */
export const IDLE_LIMIT_MS = 25_000

/**
 * What `open` sends, each awaited for `idleMs` at most; the time that the taker takes does not count. Throws PachdError
 * DEADLINE_EXCEEDED, and aborts the call then, as it does when the taker leaves or `signal` is aborted.
 */
export async function* withIdleLimit<T>(open: (signal: AbortSignal) => AsyncIterable<T>, what: string, { idleMs = IDLE_LIMIT_MS, signal }: { idleMs?: number | undefined; signal?: AbortSignal | undefined } = {}): AsyncGenerator<T, void, undefined> {
  const abort = new AbortController()
  const stop = () => abort.abort()
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted) stop()
  const iterator = open(abort.signal)[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = await inTime(iterator.next(), what, idleMs)
      if (next.done) return
      yield next.value
    }
  } finally {
    signal?.removeEventListener('abort', stop)
    stop()
    // Not awaited: an iterator that hangs in its next() ends after that.
    iterator.return?.().then(undefined, () => undefined)
  }
}

function inTime<T>(next: Promise<T>, what: string, idleMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new PachdError('DEADLINE_EXCEEDED', `${what}: pachd sent nothing for ${idleMs / 1000} s`)), idleMs)
    next.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
