/** Commits that a server may have left open when it died: the watchdog finishes them, so that no branch stays open behind it. */
import { finishAsItIs, type OpenCommit } from '@jupyterlab-pachyderm/mount-fs'
import { createPachdClient, type PachdClientOptions } from '@jupyterlab-pachyderm/pachd-client'
import { setTimeout as delay } from 'node:timers/promises'

/** A commit, and how to reach its pachd. It is sent as JSON, never stored. */
export interface GuardedCommit {
  readonly commit: OpenCommit
  readonly pachd: Pick<PachdClientOptions, 'address' | 'token' | 'serverCas'>
}

/** Calls of the server that are still on their way arrive in this time; a server that is restarted at once can complete the commit. */
const FIRST_LOOK_MS = 2000
const INTERVAL_MS = 2000
/** A commit that pachd does not show as open in so many looks was never opened, or has ended. */
const LOOKS = 4
/** How long a pachd that does not answer is asked again. The next server finishes the commit, too. */
const LONGEST_MS = 30 * 60 * 1000

/** Resolves when none of the commits is open any more, or pachd has not answered for half an hour. */
export async function finishOpenCommits(commits: Iterable<GuardedCommit>): Promise<void> {
  await Promise.all([...commits].map(finish))
}

async function finish({ commit, pachd }: GuardedCommit): Promise<void> {
  const client = createPachdClient(pachd)
  const endMs = Date.now() + LONGEST_MS
  try {
    await delay(FIRST_LOOK_MS)
    let looks = 0
    while (looks < LOOKS && Date.now() < endMs) {
      const wasOpen = await finishAsItIs(client, commit).catch(() => undefined)
      if (wasOpen) return
      if (wasOpen === false) looks++
      await delay(INTERVAL_MS)
    }
  } finally {
    client.close()
  }
}
