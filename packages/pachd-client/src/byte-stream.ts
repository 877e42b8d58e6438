/** The bytes of files as one unbroken stream, whatever the connection does. */
import type { MessageInit, pfs } from '@jupyterlab-pachyderm/pachd-proto'

import { PachdError } from './errors.js'
import type { PachdClient } from './pachd-client.js'
import { isTransient, waitForRetry } from './retry.js'

/** Which bytes of a file, and how long to care. */
export interface ReadFileOptions {
  /** First byte to read. Default 0. */
  readonly offset?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * The bytes of one file from `offset` to its end, in order, read no faster than the caller takes them. When the
 * stream breaks in the middle, a new one goes on where it ended; a file of a finished commit cannot change between
 * the two. Rejects with PachdError: NOT_FOUND for a missing file, UNAVAILABLE when pachd stays away.
 */
export async function* readFile(client: Pick<PachdClient, 'pfs'>, file: MessageInit<pfs.File>, { offset = 0, signal }: ReadFileOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
  let position = offset
  for (let tries = 0; ; tries++) {
    try {
      for await (const { value } of client.pfs.getFile({ file, offset: position }, { signal })) {
        position += value.byteLength
        tries = 0
        yield value
      }
      return
    } catch (thrown) {
      const error = PachdError.from(thrown)
      if (!isTransient(error) || !(await waitForRetry(tries, signal))) throw error
    }
  }
}
