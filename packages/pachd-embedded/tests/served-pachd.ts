/** A pachd in this process and a connection to it, for the tests of one file. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect } from 'vitest'

import { checkDataDirectory, startEmbeddedPachd } from '../src/index.js'
import type { EmbeddedPachd } from '../src/index.js'
import { WireClient } from './wire-client.js'

/** What the tests of a file share; it is there once they run. */
export interface ServedPachd {
  readonly pachd: EmbeddedPachd
  readonly client: WireClient
  /** Ends the pachd and looks through all that it kept. */
  readonly expectSound: () => Promise<void>
}

/** Starts a pachd before the tests of a file, on a data directory of its own, and stops it after them. */
export function useServedPachd(name: string): ServedPachd {
  const dataDir = mkdtempSync(join(tmpdir(), `pachd-${name}-`))
  let pachd: EmbeddedPachd | undefined
  let client: WireClient | undefined
  const running = <T>(part: T | undefined): T => {
    if (!part) throw new Error('the pachd of a file runs while its tests do')
    return part
  }

  beforeAll(async () => {
    pachd = await startEmbeddedPachd({ dataDir })
    client = new WireClient(pachd.address)
  })
  afterAll(async () => {
    client?.close()
    await pachd?.stop()
  })
  return {
    get pachd() {
      return running(pachd)
    },
    get client() {
      return running(client)
    },
    async expectSound() {
      await pachd?.stop()
      const problems: string[] = []
      for await (const problem of checkDataDirectory(dataDir)) problems.push(problem)
      expect(problems).toEqual([])
    },
  }
}
